package io.pushfanout.operator;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Something that is done once in a period, the first time at once. For one thread. */
final class Every {
  private final Duration period;
  private final LongSupplier nanoClock;
  private @Nullable Long lastNanos;

  Every(Duration period, LongSupplier nanoClock) {
    this.period = period;
    this.nanoClock = nanoClock;
  }

  /** Whether it is time; if so the next period begins. */
  boolean isDue() {
    long now = nanoClock.getAsLong();
    if (lastNanos != null && now - lastNanos < period.toNanos()) {
      return false;
    }
    lastNanos = now;
    return true;
  }
}
