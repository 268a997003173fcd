package io.pushfanout.config;

import java.time.Duration;

/** Waits until something has been so for a while, as seen by whoever looks from time to time. */
final class Hold {
  private final long nanos;
  private boolean begun;
  private long since;

  Hold(Duration atLeast) {
    nanos = atLeast.toNanos();
  }

  /** It is so now: whether it has been so for long enough. */
  boolean lasts(long now) {
    if (!begun) {
      begun = true;
      since = now;
    }
    return now - since >= nanos;
  }

  /** It is not so now. */
  void end() {
    begun = false;
  }
}
