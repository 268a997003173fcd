package io.pushfanout.model;

import java.time.Duration;

/**
 * The number of attempts of a delivery and the waits between them.
 *
 * @param maxAttempts the largest number of attempts, 1 to 10; 1 means delivery at most once
 * @param initialBackoff the wait after the first attempt, 1 ms to 10 min; doubled each time
 * @param maxBackoff the longest wait, 1 ms to 10 min; a value below the initial wait limits that
 *     too
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

  /**
   * Returns the wait in nanoseconds after the given number of attempts (1 or more), before jitter.
   */
  public long backoffNanos(int attempts) {
    int doublings = Math.min(attempts - 1, 30);
    long ceiling = maxBackoff.toNanos();
    long initial = initialBackoff.toNanos();
    return initial > ceiling >> doublings ? ceiling : initial << doublings;
  }
}
