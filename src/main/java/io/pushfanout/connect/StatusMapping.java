package io.pushfanout.connect;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.model.StatusCode;
import org.jspecify.annotations.Nullable;

/** A mapping of HTTP statuses and errors to gRPC statuses. */
final class StatusMapping {
  private StatusMapping() {}

  /**
   * Returns the status of an answer without {@code grpc-status}
   * (grpc/doc/http-grpc-status-mapping.md).
   */
  static StatusCode ofHttpStatus(CharSequence status) {
    return switch (status.toString()) {
      case "400" -> StatusCode.INTERNAL;
      case "401" -> StatusCode.UNAUTHENTICATED;
      case "403" -> StatusCode.PERMISSION_DENIED;
      case "404" -> StatusCode.UNIMPLEMENTED;
      case "429", "502", "503", "504" -> StatusCode.UNAVAILABLE;
      default -> StatusCode.UNKNOWN;
    };
  }

  /**
   * Returns the status of a stream that the node has reset (grpc/doc/PROTOCOL-HTTP2.md, "Errors").
   * REFUSED_STREAM never comes here: such a call has not been processed.
   */
  static StatusCode ofReset(@Nullable Http2Error error) {
    return switch (error) {
      case CANCEL -> StatusCode.CANCELLED;
      case ENHANCE_YOUR_CALM -> StatusCode.RESOURCE_EXHAUSTED;
      case INADEQUATE_SECURITY -> StatusCode.PERMISSION_DENIED;
      case REFUSED_STREAM -> StatusCode.UNAVAILABLE;
      case null -> StatusCode.INTERNAL;
      case NO_ERROR,
          PROTOCOL_ERROR,
          INTERNAL_ERROR,
          FLOW_CONTROL_ERROR,
          SETTINGS_TIMEOUT,
          STREAM_CLOSED,
          FRAME_SIZE_ERROR,
          COMPRESSION_ERROR,
          CONNECT_ERROR,
          HTTP_1_1_REQUIRED ->
          StatusCode.INTERNAL;
    };
  }

  /** Returns the code's name, for people; HTTP/2 may not define the code. */
  static String nameOf(long errorCode) {
    Http2Error error = Http2Error.valueOf(errorCode);
    return error == null ? "error " + errorCode : error.name();
  }
}
