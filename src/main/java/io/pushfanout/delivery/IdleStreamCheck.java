package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A check that finishes idle streams; another stream is opened for the next message. Proxies cut
 * idle streams, some after 10 s, and lose a message that is just being sent. Used on the client's
 * loop only.
 */
final class IdleStreamCheck {
  private static final long IDLE_NANOS = Duration.ofSeconds(5).toNanos();

  private final ScheduledExecutorService loop;
  private final LongSupplier nanoClock;
  private final Collection<StreamSession> live;
  private final Consumer<StreamSession> finish;
  private boolean scheduled;

  /**
   * @param live the streams that are open; read at each check
   */
  IdleStreamCheck(
      ScheduledExecutorService loop,
      LongSupplier nanoClock,
      Collection<StreamSession> live,
      Consumer<StreamSession> finish) {
    this.loop = loop;
    this.nanoClock = nanoClock;
    this.live = live;
    this.finish = finish;
  }

  /** Schedules the check for a stream that was opened. */
  void schedule() {
    schedule(IDLE_NANOS);
  }

  private void schedule(long nanos) {
    if (!scheduled) {
      scheduled = true;
      var _ = loop.schedule(this::finishIdle, nanos, NANOSECONDS);
    }
  }

  private void finishIdle() {
    scheduled = false;
    long now = nanoClock.getAsLong();
    long next = Long.MAX_VALUE;
    for (StreamSession stream : List.copyOf(live)) {
      if (stream.isWaiting()) {
        next = Math.min(next, IDLE_NANOS);
      } else if (stream.idleNanos(now) >= IDLE_NANOS) {
        finish.accept(stream);
      } else {
        next = Math.min(next, IDLE_NANOS - stream.idleNanos(now));
      }
    }
    if (next < Long.MAX_VALUE) {
      schedule(next);
    }
  }
}
