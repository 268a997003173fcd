package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * A large part of many streams' bodies. The first stream that sends it copies the bytes out of the
 * heap, and the channels of all streams take slices of this one copy. Without a copy, each stream
 * copies its pieces. May be used from any thread.
 */
public final class SharedBytes {
  /** Bytes from which a copy pays: each slice is a buffer of its own for the channel. */
  public static final int MIN_BYTES = 8 << 10;

  private final byte[] array;
  private @Nullable ByteBuf copy;

  /** Budget that the copy counts in. */
  private @Nullable WriteBuffers budget;

  /** Slices that channels have; guarded by this, like the other fields that change. */
  private int slices;

  private boolean closed;

  public SharedBytes(byte[] bytes) {
    array = bytes;
  }

  /** Returns the bytes themselves, which never change. */
  byte[] array() {
    return array;
  }

  /**
   * Returns a slice of the copy, which {@link #giveBack} ends; null without a copy.
   *
   * @param memory budget that a copy counts in until its last slice has ended
   * @throws OutOfMemoryError when the allocator has no memory for a copy
   */
  synchronized @Nullable ByteBuf slice(
      WriteBuffers memory, ByteBufAllocator allocator, int offset, int length) {
    if (copy == null && !closed && memory.tryTake(array.length)) {
      copy = copied(memory, allocator);
      budget = memory;
    }
    if (copy == null) {
      return null;
    }
    slices++;
    return copy.retainedSlice(offset, length);
  }

  private ByteBuf copied(WriteBuffers memory, ByteBufAllocator allocator) {
    boolean made = false;
    try {
      ByteBuf direct = allocator.directBuffer(array.length);
      made = true;
      return direct.writeBytes(array);
    } finally {
      if (!made) {
        memory.giveBack(array.length);
      }
    }
  }

  /** Ends a slice that its channel has released. */
  synchronized void giveBack() {
    slices--;
    releaseUnused();
  }

  /** Ends the use: no stream begins to send these bytes. */
  public synchronized void close() {
    closed = true;
    releaseUnused();
  }

  private void releaseUnused() {
    if (closed && slices == 0 && copy != null && budget != null) {
      copy.release();
      copy = null;
      budget.giveBack(array.length);
    }
  }
}
