package io.pushfanout.http2;

import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The direct memory of the bytes on their way to peers, of all connections together. While it is
 * scarce, each connection has fewer bytes on their way. May be used from any thread.
 */
public final class WriteBuffers {
  /** The budget of the process's connections: a quarter of its direct memory. */
  public static final WriteBuffers PROCESS =
      new WriteBuffers(PlatformDependent.maxDirectMemory() / 4);

  private final long plenty;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param plenty bytes taken before memory is scarce, 0 or more
   */
  public WriteBuffers(long plenty) {
    this.plenty = plenty;
  }

  /** Takes memory for bytes that each connection could do without, while there is plenty left. */
  boolean tryTake(int bytes) {
    boolean plentiful = taken.get() + bytes < plenty / 2;
    if (plentiful) {
      take(bytes);
    }
    return plentiful;
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

  /** Returns the bytes of all buffers that the channels still have. */
  public long taken() {
    return taken.get();
  }
}
