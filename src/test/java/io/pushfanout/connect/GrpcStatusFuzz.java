package io.pushfanout.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.InternalMetadata;
import io.grpc.InternalStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.StatusCode;
import io.pushfanout.text.Printable;
import java.util.regex.Pattern;

/**
 * The end of a node's answer: a line of grpc-status, one of the HTTP status, one of grpc-message.
 */
public final class GrpcStatusFuzz implements FuzzTarget {
  private static final int LONGEST_DETAIL = 201;

  /** Escapes that gRPC's own reader takes for digits. */
  private static final Pattern SIGNED = Pattern.compile("%[+-]");

  @Override
  public String name() {
    return "grpc-status";
  }

  @Override
  public void take(byte[] input) {
    // Each byte of a header is a character.
    String[] lines = new String(input, ISO_8859_1).split("\n", 3);
    String code = lines[0];
    String message = lines.length > 2 ? lines[2] : "";
    Http2Headers trailers = new DefaultHttp2Headers(false);
    trailers.add("grpc-status", code);
    trailers.add("grpc-message", message);
    FinalStatus status = FinalStatus.of(trailers, true, "200");
    checked(status.detail());
    Held.that(status.code() == byGrpc(code), "code", code, status.code());
    if (status.code() != StatusCode.OK
        && isAscii(message)
        && message.length() < LONGEST_DETAIL
        && !SIGNED.matcher(message).find()) {
      String byGrpc = messageByGrpc(message);
      Held.that(
          status.detail().equals(Printable.line(byGrpc, LONGEST_DETAIL - 1)), "text", message);
    }
    if (lines.length > 1) {
      checked(FinalStatus.withoutTrailers(lines[1]).detail());
      checked(FinalStatus.of(new DefaultHttp2Headers(false), true, lines[1]).detail());
    }
  }

  private static void checked(String detail) {
    Held.that(detail.length() <= LONGEST_DETAIL, "long", detail);
    Held.that(Printable.line(detail).equals(detail), "not printable", detail);
  }

  private static StatusCode byGrpc(String code) {
    try {
      var status =
          InternalMetadata.newMetadata("grpc-status".getBytes(US_ASCII), code.getBytes(ISO_8859_1))
              .get(InternalStatus.CODE_KEY);
      return StatusCode.valueOf(String.valueOf(status == null ? null : status.getCode()));
    } catch (IllegalArgumentException _) {
      return StatusCode.UNKNOWN;
    }
  }

  private static String messageByGrpc(String message) {
    String text =
        InternalMetadata.newMetadata(
                "grpc-message".getBytes(US_ASCII), message.getBytes(ISO_8859_1))
            .get(InternalStatus.MESSAGE_KEY);
    return String.valueOf(text);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}
