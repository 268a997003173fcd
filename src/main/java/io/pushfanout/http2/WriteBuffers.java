package io.pushfanout.http2;

import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The direct memory that what is on its way to peers takes, of all connections together. While it
 * is scarce each connection has less on its way at a time. May be used from any thread.
 */
public final class WriteBuffers {
  /** All connections of the process; a quarter of its direct memory. */
  public static final WriteBuffers PROCESS =
      new WriteBuffers(PlatformDependent.maxDirectMemory() / 4);

  private final long plenty;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param plenty bytes that are taken before memory is scarce, 0 or more
   */
  public WriteBuffers(long plenty) {
    this.plenty = plenty;
  }

  void take(int bytes) {
    taken.addAndGet(bytes);
  }

  void giveBack(int bytes) {
    taken.addAndGet(-bytes);
  }

  boolean isScarce() {
    return taken.get() >= plenty;
  }

  /** Bytes of all buffers that the channels still have. */
  public long taken() {
    return taken.get();
  }
}
