package io.pushfanout.server.guard;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds the tiny pieces of messages that one connection sends within a second. What gRPC keeps of
 * each besides is more than it holds, and counts nowhere while its call waits for a decision about
 * its caller. On the connection's loop only.
 */
final class SmallFrameLimiter {
  /** In a second. */
  static final int MAX = 4000;

  /** In bytes; any client that has more than a few pieces to send makes them larger. */
  static final int LARGE_ENOUGH = 256;

  /**
   * So many count not: some clients send what is before a message, the message and the end of the
   * call each by itself, for thousands of small messages a second.
   */
  static final int OF_ANY_CALL = 4;

  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanoClock;
  private long secondNanos;
  private int inThisSecond;

  SmallFrameLimiter(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    secondNanos = nanoClock.getAsLong();
  }

  /**
   * Counts one more piece.
   *
   * @return false where it is one too many
   */
  boolean mayCome() {
    long now = nanoClock.getAsLong();
    if (now - secondNanos >= SECOND_NANOS) {
      secondNanos = now;
      inThisSecond = 0;
    }
    return ++inThisSecond <= MAX;
  }
}
