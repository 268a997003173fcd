package io.pushfanout.connect;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.Via;
import org.jspecify.annotations.Nullable;

/**
 * The final status of a node's answer. The content type is not checked: {@code grpc-status} alone
 * decides, and any peer that sends it is a gRPC server.
 *
 * @param detail one line for people
 * @param loop whether the node is a fan-out server that the message has been through before, or
 *     that is one process too many on its way
 */
record FinalStatus(StatusCode code, String detail, boolean loop) {
  private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
  private static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");
  static final AsciiString HTTP_OK = AsciiString.cached("200");
  private static final AsciiString LOOP = AsciiString.cached(Via.LOOP_TRAILER);
  private static final AsciiString YES = AsciiString.cached("1");
  private static final FinalStatus OK = new FinalStatus(StatusCode.OK, "");

  private FinalStatus(StatusCode code, String detail) {
    this(code, detail, false);
  }

  /**
   * @param whole false if trailers beyond the bound are missing
   * @param httpStatus null if there was none
   */
  static FinalStatus of(Http2Headers trailers, boolean whole, @Nullable CharSequence httpStatus) {
    CharSequence grpcStatus = trailers.get(GRPC_STATUS);
    if (grpcStatus == null) {
      return whole
          ? withoutTrailers(httpStatus)
          : new FinalStatus(
              StatusCode.INTERNAL, "the trailers exceed their limit before grpc-status");
    }
    StatusCode code = StatusCode.ofHeader(grpcStatus);
    if (code == StatusCode.OK) {
      return OK;
    }
    CharSequence text = trailers.get(GRPC_MESSAGE);
    String detail = text == null ? "" : PeerMessage.percentDecoded(text);
    return new FinalStatus(code, detail, isLoop(code, trailers));
  }

  /**
   * Returns the status of an answer without {@code grpc-status}, perhaps from a server without
   * gRPC.
   */
  static FinalStatus withoutTrailers(@Nullable CharSequence httpStatus) {
    if (httpStatus == null || HTTP_OK.contentEquals(httpStatus)) {
      return new FinalStatus(StatusCode.UNKNOWN, "the answer has no grpc-status");
    }
    String text = PeerMessage.line("HTTP status " + httpStatus);
    return new FinalStatus(StatusMapping.ofHttpStatus(httpStatus), text);
  }

  private static boolean isLoop(StatusCode code, Http2Headers trailers) {
    return code == StatusCode.FAILED_PRECONDITION && trailers.contains(LOOP, YES);
  }
}
