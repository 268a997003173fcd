package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;

/** A body, or the next part of one, that a stream sends. Its bytes never change. */
public interface Body {
  /** Returns the number of its bytes. */
  int size();

  /**
   * Returns whether other streams send a large part of the same bytes, of which a copy outside of
   * the heap may serve all.
   */
  default boolean isShared() {
    return false;
  }

  /** Writes all bytes to a buffer that has room for them. */
  void writeTo(ByteBuf out);

  /** Adds all bytes to those that wait for room. */
  void holdIn(PendingBytes waiting);

  /** Returns a body of these bytes. */
  static Body of(byte[] bytes) {
    return new Body() {
      @Override
      public int size() {
        return bytes.length;
      }

      @Override
      public void writeTo(ByteBuf out) {
        out.writeBytes(bytes);
      }

      @Override
      public void holdIn(PendingBytes waiting) {
        waiting.add(bytes);
      }
    };
  }
}
