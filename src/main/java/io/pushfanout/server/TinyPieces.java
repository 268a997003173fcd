package io.pushfanout.server;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds the tiny pieces of messages that one connection sends within a second. What gRPC keeps of
 * each besides is more than it holds, and counts nowhere while its call waits for a decision about
 * its caller. On the connection's loop only.
 */
final class TinyPieces {
  /** In a second. */
  static final int MAX = 4000;

  /** In bytes; any client that has more to send makes its pieces larger. */
  static final int LARGE_ENOUGH = 256;

  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanoClock;
  private long secondNanos;
  private int inThisSecond;

  TinyPieces(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    secondNanos = nanoClock.getAsLong();
  }

  /**
   * Counts one more piece.
   *
   * @param size in bytes
   * @return false where it is one too many
   */
  boolean mayCome(int size) {
    if (size >= LARGE_ENOUGH) {
      return true;
    }
    long now = nanoClock.getAsLong();
    if (now - secondNanos >= SECOND_NANOS) {
      secondNanos = now;
      inThisSecond = 0;
    }
    return ++inThisSecond <= MAX;
  }
}
