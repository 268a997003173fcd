package io.pushfanout.simulation;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;

/** An allocator that counts the live buffers, and fails on demand like exhausted direct memory. */
final class CountingAllocator extends AbstractByteBufAllocator {
  private long live;
  private boolean failing;

  /** An error like Netty's own, whose constructor is not public. */
  static final class NoMemory extends OutOfMemoryError {
    private static final long serialVersionUID = 1;

    NoMemory() {
      super("failed to allocate direct memory (simulated)");
    }
  }

  CountingAllocator() {
    super(true);
  }

  long live() {
    return live;
  }

  void failing(boolean now) {
    failing = now;
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return new Counted(initialCapacity, maxCapacity);
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    return new Counted(initialCapacity, maxCapacity);
  }

  @Override
  public CompositeByteBuf compositeBuffer(int maxNumComponents) {
    return new CompositeByteBuf(this, false, maxNumComponents);
  }

  @Override
  public boolean isDirectBufferPooled() {
    return false;
  }

  private final class Counted extends UnpooledHeapByteBuf {
    Counted(int initialCapacity, int maxCapacity) {
      super(CountingAllocator.this, initialCapacity, maxCapacity);
    }

    @Override
    protected byte[] allocateArray(int bytes) {
      if (failing) {
        throw new NoMemory();
      }
      live += bytes;
      return super.allocateArray(bytes);
    }

    @Override
    protected void freeArray(byte[] array) {
      live -= array.length;
      super.freeArray(array);
    }
  }
}
