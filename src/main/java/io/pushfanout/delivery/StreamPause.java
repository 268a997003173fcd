package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pushfanout.model.RetryPolicy;
import io.pushfanout.queue.Wakeup;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The pause of one node's streams after a loss, during which no stream is opened: a node that ends
 * each stream at once is not flooded, and no attempts are wasted on it. Used on the client's loop
 * only.
 */
final class StreamPause {
  /** Nanoseconds of the longest pause without retry, to a failing node too. */
  private static final long MAX_WITHOUT_RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  private final ScheduledExecutorService loop;
  private final LongSupplier nanoClock;
  private final RandomGenerator random;
  private final Wakeup wakeup;

  /** Losses since the last settled message; streams that are lost together are one loss. */
  private int losses;

  /** Time in nanoseconds from which another stream may be opened. */
  private long untilNanos;

  private boolean wakeScheduled;

  StreamPause(
      ScheduledExecutorService loop,
      LongSupplier nanoClock,
      RandomGenerator random,
      Wakeup wakeup) {
    this.loop = loop;
    this.nanoClock = nanoClock;
    this.random = random;
    this.wakeup = wakeup;
    this.untilNanos = nanoClock.getAsLong();
  }

  boolean isActive() {
    return nanoClock.getAsLong() - untilNanos < 0;
  }

  /** Starts a pause after a loss, unless one lasts. */
  void begin(RetryPolicy retry) {
    if (!isActive()) {
      long nanos = retry.backoffNanos(++losses);
      long bounded = retry.maxAttempts() > 1 ? nanos : Math.min(nanos, MAX_WITHOUT_RETRY_NANOS);
      untilNanos = nanoClock.getAsLong() + (long) (bounded * random.nextDouble(0.8, 1.2));
    }
  }

  /** Forgets the losses: the node has settled a message. */
  void forgetLosses() {
    losses = 0;
  }

  /** Ends the pause: a stream may be opened at once. */
  void end() {
    untilNanos = nanoClock.getAsLong();
  }

  /** Runs a task at the end of the pause. */
  void afterwards(Runnable task) {
    var _ = loop.schedule(task, untilNanos - nanoClock.getAsLong(), NANOSECONDS);
  }

  /** Wakes the loop at the end of the pause, once for all calls before it. */
  void wakeAfterwards() {
    if (isActive() && !wakeScheduled) {
      wakeScheduled = true;
      afterwards(
          () -> {
            wakeScheduled = false;
            wakeup.now();
          });
    }
  }
}
