package io.pushfanout.concurrent;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A limit on the events of one party in a second. Seconds begin with the first event after the last
 * one has ended. For one thread.
 */
public final class SecondLimit {
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int max;
  private final LongSupplier nanoClock;
  private long secondNanos;
  private int inThisSecond;

  /**
   * @param max events in a second, 1 or more
   */
  public SecondLimit(int max, LongSupplier nanoClock) {
    this.max = max;
    this.nanoClock = nanoClock;
    this.secondNanos = nanoClock.getAsLong();
  }

  /**
   * Counts one more event.
   *
   * @return false if the event is one too many
   */
  public boolean tryAdd() {
    long now = nanoClock.getAsLong();
    if (now - secondNanos >= SECOND_NANOS) {
      secondNanos = now;
      inThisSecond = 0;
    }
    return ++inThisSecond <= max;
  }
}
