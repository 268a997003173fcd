package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.text.Causes;
import io.pushfanout.text.Printable;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Text from a peer on its way to people: one short line without control sequences for terminals.
 */
final class PeerMessage {
  private static final int MAX_CHARS = 200;

  private PeerMessage() {}

  /** Returns the reason of a connection's failure, which may quote bytes of the peer. */
  static String reason(Throwable cause) {
    return line(Causes.text(cause));
  }

  /**
   * Returns the reason of a GOAWAY. A GOAWAY without an error is routine, such as a connection's
   * greatest age, and is to read so.
   */
  static String goAway(long errorCode, ByteBuf debug) {
    String text = line(debug.toString(StandardCharsets.UTF_8));
    if (errorCode == Http2Error.NO_ERROR.code()) {
      String routine = "the node requests a new connection in place of this one";
      return text.isEmpty() ? routine : routine + ": " + text;
    }
    String error = "the node is going away: " + StatusMapping.nameOf(errorCode);
    return text.isEmpty() ? error : error + " " + text;
  }

  static String line(String text) {
    return Printable.line(text, MAX_CHARS);
  }

  /** Decodes a {@code grpc-message}: UTF-8, with all but printable ASCII as {@code %XX}. */
  static String percentDecoded(CharSequence text) {
    // Three characters of input make at least one byte, and at most four bytes one character.
    int length = Math.min(text.length(), 3 * 4 * MAX_CHARS);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(length);
    for (int i = 0; i < length; i++) {
      int escaped = text.charAt(i) == '%' && i + 2 < length ? hexByte(text, i + 1) : -1;
      if (escaped >= 0) {
        bytes.write(escaped);
        i += 2;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return line(bytes.toString(StandardCharsets.UTF_8));
  }

  private static int hexByte(CharSequence text, int index) {
    int high = Character.digit(text.charAt(index), 16);
    int low = Character.digit(text.charAt(index + 1), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
