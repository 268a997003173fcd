package io.pushfanout.operator;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A timer of an action that is due once in each period, the first time at once. For one thread. */
final class PeriodicCheck {
  private final Duration period;
  private final LongSupplier nanoClock;
  private @Nullable Long doneNanos;

  PeriodicCheck(Duration period, LongSupplier nanoClock) {
    this.period = period;
    this.nanoClock = nanoClock;
  }

  /** Returns whether the action is due. */
  boolean isDue() {
    return !isDoneWithin(period);
  }

  /** Returns whether the action was done within this time. */
  boolean isDoneWithin(Duration time) {
    return doneNanos != null && nanoClock.getAsLong() - doneNanos < time.toNanos();
  }

  /** Starts the next period. */
  void done() {
    doneNanos = nanoClock.getAsLong();
  }
}
