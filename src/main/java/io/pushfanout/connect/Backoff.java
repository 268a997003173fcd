package io.pushfanout.connect;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The waits before connection attempts: 100 ms, then 1.6 times as long each time up to 1 s. Each
 * wait varies by 20 %, so that many clients of one lost node do not come back in step.
 */
final class Backoff {
  /**
   * Longest wait in nanoseconds, before its variation. A connection that lived so long was a good
   * one, and resets the waits.
   */
  static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

  static final long INITIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final double GROWTH = 1.6;

  private final RandomGenerator random;
  private double nanos = INITIAL_NANOS;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  long nextNanos() {
    double wait = nanos * random.nextDouble(0.8, 1.2);
    nanos = Math.min(nanos * GROWTH, (double) MAX_NANOS);
    return (long) wait;
  }

  /** Returns whether no attempt has waited yet. */
  boolean isFirst() {
    return nanos <= INITIAL_NANOS;
  }

  void reset() {
    nanos = INITIAL_NANOS;
  }
}
