package io.pushfanout.server;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import com.google.common.io.BaseEncoding;
import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.pushfanout.http2.EncodedReply;
import io.pushfanout.http2.LiteralHeaders;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.Via;
import io.pushfanout.server.guard.CallMetadata;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** An encoder of gRPC's replies as header blocks and bodies (gRPC over HTTP/2). */
final class GrpcReplies {
  private static final String CONTENT_TYPE = "content-type";
  private static final String GRPC = "application/grpc";
  private static final String STATUS = "grpc-status";
  private static final String MESSAGE = "grpc-message";
  private static final String DETAILS = "grpc-status-details-bin";
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int PREFIX_BYTES = 5;

  /** Headers before a message. */
  private static final byte[] HEADERS =
      new LiteralHeaders()
          .status(200)
          .add(CONTENT_TYPE, GRPC)
          .add("grpc-encoding", "identity")
          .add("grpc-accept-encoding", "gzip")
          .block();

  private static final byte[] OK = new LiteralHeaders().add(STATUS, "0").block();

  /** Base64 without padding, as gRPC's binary metadata is sent. */
  private static final BaseEncoding BASE64 = BaseEncoding.base64().omitPadding();

  private GrpcReplies() {}

  /** Returns the headers before the first message of a reply. */
  static byte[] headers() {
    return HEADERS;
  }

  /** Returns a whole reply of one message and status OK. */
  static EncodedReply message(byte[] message) {
    return EncodedReply.of(HEADERS, framed(message), OK);
  }

  /** Returns a message with its prefix, uncompressed. */
  static byte[] framed(byte[] message) {
    return ByteBuffer.allocate(PREFIX_BYTES + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  /** Returns a whole reply without a message. */
  static EncodedReply status(CallStatus status) {
    LiteralHeaders headers = new LiteralHeaders().status(200).add(CONTENT_TYPE, GRPC);
    add(headers, status);
    return EncodedReply.ofHeaders(headers.block());
  }

  private static void add(LiteralHeaders headers, CallStatus status) {
    headers.add(STATUS, Integer.toString(status.code().number()));
    String message = status.message();
    if (message != null) {
      headers.add(MESSAGE, percentEncoded(message));
    }
    Duration retryAfter = status.retryAfter();
    if (retryAfter != null) {
      headers.add(DETAILS, BASE64.encode(details(status, retryAfter)));
    }
    if (status.returned()) {
      headers.add(Via.LOOP_TRAILER, "1");
    }
  }

  /** Returns {@code google.rpc.Status} with the delay until a retry. */
  private static byte[] details(CallStatus status, Duration retryAfter) {
    RetryInfo retryInfo =
        RetryInfo.newBuilder()
            .setRetryDelay(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(retryAfter.getSeconds())
                    .setNanos(retryAfter.getNano()))
            .build();
    return com.google.rpc.Status.newBuilder()
        .setCode(status.code().number())
        .setMessage(Strings.nullToEmpty(status.message()))
        .addDetails(Any.pack(retryInfo))
        .build()
        .toByteArray();
  }

  /** Returns a whole reply to a request that is no call of gRPC. */
  static EncodedReply httpError(int httpStatus, StatusCode code, String message) {
    LiteralHeaders headers =
        new LiteralHeaders()
            .status(httpStatus)
            .add(CONTENT_TYPE, "text/plain; charset=utf-8")
            .add(STATUS, Integer.toString(code.number()))
            .add(MESSAGE, percentEncoded(message));
    if (httpStatus == METHOD_NOT_ALLOWED) {
      headers.add("allow", "POST");
    }
    return EncodedReply.ofBody(headers.block(), message.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a whole reply to a request whose headers are too long (RFC 6585, section 5). */
  static EncodedReply headersTooLong() {
    return EncodedReply.ofHeaders(new LiteralHeaders().status(431).block());
  }

  /**
   * Returns the end of a reply by gRPC's library.
   *
   * @param begun whether headers were sent before
   */
  static byte[] trailers(CallStatus status, Metadata metadata, boolean begun) {
    LiteralHeaders headers = new LiteralHeaders();
    if (!begun) {
      headers.status(200).add(CONTENT_TYPE, GRPC);
    }
    add(headers, status);
    for (String name : metadata.keys()) {
      if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        for (byte[] value : binary(metadata, name)) {
          headers.add(name, BASE64.encode(value));
        }
      } else {
        for (String value : CallMetadata.of(metadata).all(name)) {
          headers.add(name, value);
        }
      }
    }
    return headers.block();
  }

  private static List<byte[]> binary(Metadata metadata, String name) {
    Iterable<byte[]> values =
        metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
    return values == null ? List.of() : ImmutableList.copyOf(values);
  }

  /** Encodes all but visible ASCII and blanks, and the percent sign itself. */
  private static String percentEncoded(String message) {
    StringBuilder text = new StringBuilder(message.length() + 16);
    for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b < 0x7f && b != '%') {
        text.append((char) b);
      } else {
        text.append('%')
            .append(Character.toUpperCase(Character.forDigit(b >> 4 & 0xf, 16)))
            .append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
      }
    }
    return text.toString();
  }
}
