package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;

/** The bytes of one stream that wait for room, in pieces shared with other streams. */
final class PendingBytes {
  private final Deque<byte[]> pieces = new ArrayDeque<>(2);

  /** Bytes of the first piece that were sent already. */
  private int offset;

  private long bytes;

  void add(byte[][] more) {
    for (byte[] piece : more) {
      if (piece.length > 0) {
        pieces.add(piece);
        bytes += piece.length;
      }
    }
  }

  long bytes() {
    return bytes;
  }

  /** Moves the next {@code count} bytes, of which there must be as many. */
  void writeTo(ByteBuf out, int count) {
    bytes -= count;
    for (int left = count; left > 0; ) {
      byte[] piece = pieces.element();
      int n = Math.min(left, piece.length - offset);
      out.writeBytes(piece, offset, n);
      left -= n;
      offset += n;
      if (offset == piece.length) {
        pieces.remove();
        offset = 0;
      }
    }
  }
}
