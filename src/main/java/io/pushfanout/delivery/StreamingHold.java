package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The hold of a queue while its node's support for streaming is open: it bounds the wait for a
 * probe, and for the first acknowledgement on probation. Used on the client's loop only.
 */
final class StreamingHold {
  private static final long MAX_NANOS = Duration.ofMillis(500).toNanos();

  private final ScheduledExecutorService loop;
  private final Runnable onExpired;
  private @Nullable Future<?> timer;
  private boolean expired;

  StreamingHold(ScheduledExecutorService loop, Runnable onExpired) {
    this.loop = loop;
    this.onExpired = onExpired;
  }

  /** Returns whether the queue was held for its longest time. */
  boolean isExpired() {
    return expired;
  }

  /** Starts the timer, unless it runs or the hold has expired. */
  void start() {
    if (timer == null && !expired) {
      timer = loop.schedule(this::onTimer, MAX_NANOS, NANOSECONDS);
    }
  }

  private void onTimer() {
    timer = null;
    expired = true;
    onExpired.run();
  }

  /** Stops the timer; whether the hold has expired stays. */
  void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /** Allows another hold, or none where {@code expired} is true. */
  void setExpired(boolean expired) {
    this.expired = expired;
  }
}
