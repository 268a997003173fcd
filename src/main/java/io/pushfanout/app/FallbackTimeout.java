package io.pushfanout.app;

import java.time.Duration;
import java.util.function.LongSupplier;

/** The time that a source may take to answer before its saved state is served. */
final class FallbackTimeout {
  /** The timeout of a source that has neither answered nor failed. */
  private static final Duration UNANSWERED = Duration.ofSeconds(2);

  /** The timeout of a source that has failed: 500 ms are enough to try all its members. */
  private static final Duration FAILED = Duration.ofMillis(500);

  private final LongSupplier nanoClock;
  private final long sinceNanos;

  /** Starts the timeout now. */
  FallbackTimeout(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.sinceNanos = nanoClock.getAsLong();
  }

  /**
   * Returns whether the source has had its time.
   *
   * @param failed whether a request to the source was refused or timed out
   */
  boolean isOver(boolean failed) {
    return nanoClock.getAsLong() - sinceNanos >= (failed ? FAILED : UNANSWERED).toNanos();
  }
}
