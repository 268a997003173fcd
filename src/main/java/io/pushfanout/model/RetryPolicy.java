package io.pushfanout.model;

import java.time.Duration;

/**
 * How often a delivery is tried and how long it waits in between.
 *
 * @param maxAttempts 1 to 10; 1 is at most once
 * @param initialBackoff wait after the first attempt, 1 ms to 10 min; doubled each time
 * @param maxBackoff the longest wait, 1 ms to 10 min; less than the initial one bounds that too
 */
public record RetryPolicy(int maxAttempts, Duration initialBackoff, Duration maxBackoff) {
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(1, Duration.ofMillis(100), Duration.ofSeconds(5));

  public RetryPolicy {
    Checks.range(
        "retry.maxAttempts", maxAttempts, Bounds.MAX_ATTEMPTS_MIN, Bounds.MAX_ATTEMPTS_MAX);
    Checks.range("retry.initialBackoff", initialBackoff, Bounds.BACKOFF_MIN, Bounds.BACKOFF_MAX);
    Checks.range("retry.maxBackoff", maxBackoff, Bounds.BACKOFF_MIN, Bounds.BACKOFF_MAX);
  }

  /** The wait in nanoseconds after this many attempts (1 or more), before any jitter. */
  public long backoffNanos(int attempts) {
    int doublings = Math.min(attempts - 1, 30);
    long ceiling = maxBackoff.toNanos();
    long initial = initialBackoff.toNanos();
    return initial > ceiling >> doublings ? ceiling : initial << doublings;
  }
}
