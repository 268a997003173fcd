package io.pushfanout.app;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long a source that was asked may take before what was saved of it is served. */
final class FallbackTimeout {
  private static final Duration UNANSWERED = Duration.ofSeconds(2);

  /** From then on a source that has failed is not waited for: all its members could be asked. */
  private static final Duration FAILED = Duration.ofMillis(500);

  private final LongSupplier nanoClock;
  private final long sinceNanos;

  /** From now on. */
  FallbackTimeout(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.sinceNanos = nanoClock.getAsLong();
  }

  /**
   * @param failed whether the source was tried, and said no or nothing at all
   */
  boolean isOver(boolean failed) {
    return nanoClock.getAsLong() - sinceNanos >= (failed ? FAILED : UNANSWERED).toNanos();
  }
}
