package io.pushfanout.delivery;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One timer for the deadlines of many deliveries, set for the earliest at the time. Most deliveries
 * end long before, so it fires about once in a timeout, whatever the rate. On one loop only.
 */
public final class DeadlineTimer {
  private final ScheduledExecutorService loop;
  private final Runnable onDue;
  private @Nullable Future<?> timer;
  private long timerNanos;

  /**
   * @param onDue told when a deadline may be over; adds those again that are left
   */
  public DeadlineTimer(ScheduledExecutorService loop, Runnable onDue) {
    this.loop = loop;
    this.onDue = onDue;
  }

  /**
   * A delivery has so long left.
   *
   * @param now on the clock of all that are added
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

  /** Lets go of the timer: nothing will be added any more. */
  public void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
