package io.pushfanout.connect;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One timer for the deadlines of all calls of a session, set for the earliest at the time. Most
 * calls end long before, so it fires about once in a timeout, whatever the rate.
 */
final class Deadlines {
  private final EventExecutor loop;
  private final Runnable onDue;
  private @Nullable Future<?> timer;
  private long timerNanos;

  /**
   * @param onDue told when a deadline may be over; sets the timer again for the calls that are left
   */
  Deadlines(EventExecutor loop, Runnable onDue) {
    this.loop = loop;
    this.onDue = onDue;
  }

  /** A call has so long left. */
  void add(long nanosLeft, long now) {
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
  void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
