package io.pushfanout.http2;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The bytes of one stream that wait for room, in pieces shared with other streams. */
public final class PendingBytes {
  private static final class Piece {
    final byte[] bytes;

    /** The same bytes, when they are sent without a copy; else null. */
    final @Nullable SharedBytes shared;

    Piece(byte[] bytes, @Nullable SharedBytes shared) {
      this.bytes = bytes;
      this.shared = shared;
    }
  }

  private final Deque<Piece> pieces = new ArrayDeque<>(2);

  /** Bytes of the first piece that were sent already. */
  private int offset;

  private long bytes;

  PendingBytes() {}

  /** Adds bytes that are copied as they are sent. */
  public void add(byte[] more) {
    add(new Piece(more, null));
  }

  /** Adds bytes that are sent from their copy outside of the heap, while there is one. */
  public void add(SharedBytes more) {
    add(new Piece(more.array(), more));
  }

  private void add(Piece piece) {
    if (piece.bytes.length > 0) {
      pieces.add(piece);
      bytes += piece.bytes.length;
    }
  }

  long bytes() {
    return bytes;
  }

  /** Returns how many of the next {@code count} bytes are copied as they are sent. */
  int copied(int count) {
    int copied = 0;
    int left = count;
    int from = offset;
    for (Piece piece : pieces) {
      if (left == 0) {
        break;
      }
      int n = Math.min(left, piece.bytes.length - from);
      copied += piece.shared == null ? n : 0;
      left -= n;
      from = 0;
    }
    return copied;
  }

  /** Moves the next {@code count} bytes, of which there must be as many. */
  void writeTo(FrameWriter output, int count) {
    bytes -= count;
    for (int left = count; left > 0; ) {
      Piece piece = pieces.element();
      int n = Math.min(left, piece.bytes.length - offset);
      if (piece.shared == null) {
        output.reserve(n).writeBytes(piece.bytes, offset, n);
      } else {
        output.write(piece.shared, offset, n);
      }
      left -= n;
      offset += n;
      if (offset == piece.bytes.length) {
        pieces.remove();
        offset = 0;
      }
    }
  }
}
