package io.pushfanout.config;

import java.time.Duration;

/** A timer that measures how long a condition has lasted, as seen by its polls. */
final class Hold {
  private final long nanos;
  private boolean begun;
  private long since;

  Hold(Duration atLeast) {
    nanos = atLeast.toNanos();
  }

  /** Records that the condition holds now; returns whether it has held for the minimum time. */
  boolean lasts(long now) {
    if (!begun) {
      begun = true;
      since = now;
    }
    return now - since >= nanos;
  }

  /** Records that the condition does not hold. */
  void end() {
    begun = false;
  }
}
