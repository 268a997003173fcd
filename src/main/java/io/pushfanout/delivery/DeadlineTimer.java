package io.pushfanout.delivery;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A timer for the deadlines of many deliveries, set for the earliest at the time. Most deliveries
 * end long before their deadline, so the timer fires about once in a timeout, at any rate of
 * messages. Used on one loop only.
 */
public final class DeadlineTimer {
  private final ScheduledExecutorService loop;
  private final Runnable onDue;
  private @Nullable Future<?> timer;
  private long timerNanos;

  /**
   * @param onDue task that runs when a deadline may be over; it adds the remaining deadlines again
   */
  public DeadlineTimer(ScheduledExecutorService loop, Runnable onDue) {
    this.loop = loop;
    this.onDue = onDue;
  }

  /**
   * Adds the deadline of a delivery.
   *
   * @param nanosLeft nanoseconds until the deadline
   * @param now the time on the clock of all added deadlines
   */
  public void add(long nanosLeft, long now) {
    if (timer != null) {
      if (now + nanosLeft - timerNanos >= 0) {
        return;
      }
      timer.cancel(false);
    }
    timerNanos = now + nanosLeft;
    timer = loop.schedule(this::fire, nanosLeft, TimeUnit.NANOSECONDS);
  }

  private void fire() {
    timer = null;
    onDue.run();
  }

  /** Cancels the timer; a later {@link #add} sets it again. */
  public void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
