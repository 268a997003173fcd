package io.pushfanout.connect;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: 100 ms, then 1.6 times as long each time up to 1 s,
 * give or take 20 %, so that many that lost the same node do not come back in step.
 */
final class Backoff {
  /** A connection that lived so long was a good one: the next attempt owes it no wait. */
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

  /** Whether no attempt has waited yet. */
  boolean isFirst() {
    return nanos <= INITIAL_NANOS;
  }

  void reset() {
    nanos = INITIAL_NANOS;
  }
}
