package io.pushfanout.connect;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/** Has no direct memory for one buffer, and for those before and after it. */
final class FailingAllocator extends AbstractByteBufAllocator {
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

  /** Number of the allocation that fails, from 1. */
  final int failing;

  private final Runnable onFailing;
  private int made;
  boolean failed;

  FailingAllocator(int failing, Runnable onFailing) {
    super(true);
    this.failing = failing;
    this.onFailing = onFailing;
  }

  long open() {
    return allocator.metric().usedDirectMemory();
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    if (++made == failing) {
      failed = true;
      onFailing.run();
      throw new OutOfMemoryError("failed to allocate direct memory");
    }
    return allocator.directBuffer(initialCapacity, maxCapacity);
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return allocator.heapBuffer(initialCapacity, maxCapacity);
  }

  @Override
  public boolean isDirectBufferPooled() {
    return false;
  }
}
