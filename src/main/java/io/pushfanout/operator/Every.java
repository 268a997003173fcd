package io.pushfanout.operator;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Something that is done once in a period, the first time at once. For one thread. */
final class Every {
  private final Duration period;
  private final LongSupplier nanoClock;
  private @Nullable Long doneNanos;

  Every(Duration period, LongSupplier nanoClock) {
    this.period = period;
    this.nanoClock = nanoClock;
  }

  /** Whether it is time. */
  boolean isDue() {
    return !isDoneWithin(period);
  }

  /** Whether it was done, and not longer ago than this. */
  boolean isDoneWithin(Duration time) {
    return doneNanos != null && nanoClock.getAsLong() - doneNanos < time.toNanos();
  }

  /** It has been done: the next period begins. */
  void done() {
    doneNanos = nanoClock.getAsLong();
  }
}
