package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A GOAWAY frame: the last stream that is served, and the reason as an error and as text for people
 * (RFC 9113, 6.8).
 */
final class GoAway {
  /** Most bytes of the text. */
  private static final int MAX_DEBUG_BYTES = 200;

  private static final byte[] NO_DEBUG = {};

  private final int lastStreamId;
  private final Http2Error error;

  /** The text, in ASCII. */
  private final byte[] debug;

  private GoAway(int lastStreamId, Http2Error error, byte[] debug) {
    this.lastStreamId = lastStreamId;
    this.error = error;
    this.debug = debug;
  }

  /** Returns the GOAWAY of an orderly end. */
  static GoAway inOrder(int lastStreamId) {
    return new GoAway(lastStreamId, Http2Error.NO_ERROR, NO_DEBUG);
  }

  /** Returns the GOAWAY of a failure. Its text is of the rule that the peer has broken, if any. */
  static GoAway of(int lastStreamId, Throwable cause) {
    if (!(cause instanceof Http2Exception broken)) {
      return new GoAway(lastStreamId, Http2Error.INTERNAL_ERROR, NO_DEBUG);
    }
    String text = broken.getMessage() == null ? "" : broken.getMessage();
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    byte[] debug = Arrays.copyOf(ascii, Math.min(ascii.length, MAX_DEBUG_BYTES));
    return new GoAway(lastStreamId, broken.error(), debug);
  }

  /** Writes the frame. */
  void writeTo(FrameWriter output) {
    int length = 2 * Integer.BYTES + debug.length;
    ByteBuf out = output.reserve(Frames.FRAME_HEADER_BYTES + length);
    Frames.header(out, length, Http2FrameTypes.GO_AWAY, Frames.NO_FLAGS, 0);
    out.writeInt(lastStreamId);
    out.writeInt((int) error.code());
    out.writeBytes(debug);
  }
}
