package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * When deliveries to one node begin. What has waited for anything begins at once. What has just
 * come does too while messages are rare; while they follow each other closely it waits for the next
 * tick, so that they leave together: fewer and larger writes, and fewer and larger answers.
 *
 * <p>Ticks are the same moments for all nodes: a loop wakes up once for all of them. May be used
 * from any thread; deliveries begin on the loop.
 */
public final class FlushScheduler {
  /** The most that gathering adds to the latency of a message. */
  public static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Messages that come less often gain nothing by waiting: two of them rarely share a tick. */
  private static final long CLOSE_NANOS = TICK_NANOS / 2;

  private enum Next {
    /** Nothing is to begin. */
    NONE,
    AT_TICK,
    NOW
  }

  private final ScheduledExecutorService loop;
  private final LongSupplier nanoClock;
  private final Runnable begin;
  private final AtomicReference<Next> next = new AtomicReference<>(Next.NONE);
  private volatile long lastNanos;

  /**
   * @param begin begins all deliveries that can begin; called on the loop
   */
  FlushScheduler(ScheduledExecutorService loop, LongSupplier nanoClock, Runnable begin) {
    this.loop = loop;
    this.nanoClock = nanoClock;
    this.begin = begin;
    this.lastNanos = nanoClock.getAsLong() - TICK_NANOS;
  }

  /** In the loop's next turn, once for however many ask before it comes. */
  void now() {
    if (next.getAndSet(Next.NOW) != Next.NOW) {
      loop.execute(this::run);
    }
  }

  /** The same, or at the next tick: something has just come. */
  void soon() {
    if (next.get() != Next.NONE) {
      return;
    }
    long now = nanoClock.getAsLong();
    if (now - lastNanos >= CLOSE_NANOS) {
      now();
    } else if (next.compareAndSet(Next.NONE, Next.AT_TICK)) {
      var _ = loop.schedule(this::run, TICK_NANOS - Math.floorMod(now, TICK_NANOS), NANOSECONDS);
    }
  }

  private void run() {
    if (next.getAndSet(Next.NONE) != Next.NONE) {
      lastNanos = nanoClock.getAsLong();
      begin.run();
    }
  }
}
