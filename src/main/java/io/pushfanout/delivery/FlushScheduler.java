package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pushfanout.concurrent.StepClock;
import io.pushfanout.queue.Wakeup;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler that decides when deliveries to one node begin. Messages that have waited begin at
 * once, and so does a new message while messages are rare. While messages follow each other
 * closely, a new message waits for the next tick. Messages then leave together, with fewer and
 * larger writes, and fewer and larger answers.
 *
 * <p>Ticks are the same moments for all nodes: a loop wakes up once for all of them. May be used
 * from any thread; deliveries begin on the loop.
 */
public final class FlushScheduler implements Wakeup {
  /** Nanoseconds between ticks: the most that gathering adds to the latency of a message. */
  public static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * Nanoseconds since the last start within which a new message waits. Messages that come less
   * often gain nothing by waiting: two of them rarely share a tick.
   */
  private static final long CLOSE_NANOS = TICK_NANOS / 2;

  private enum Next {
    /** Idle, without a scheduled start. */
    NONE,
    AT_TICK,
    NOW
  }

  private final ScheduledExecutorService loop;
  private final LongSupplier nanoClock;
  private final Runnable begin;
  private final AtomicReference<Next> next = new AtomicReference<>(Next.NONE);
  private volatile long lastNanos;

  /** Thread of the start under way, which finds all that it grants itself; null without one. */
  private volatile @Nullable Thread starter;

  /**
   * @param begin task that begins all deliveries that can begin; runs on the loop
   */
  public FlushScheduler(ScheduledExecutorService loop, LongSupplier nanoClock, Runnable begin) {
    this.loop = loop;
    this.nanoClock = nanoClock;
    this.begin = begin;
    this.lastNanos = nanoClock.getAsLong() - TICK_NANOS;
  }

  /** Schedules a start in the loop's next turn, one for all calls before it. */
  @Override
  public void now() {
    if (Thread.currentThread() == starter) {
      return;
    }
    // A read first: most calls follow another one in the same turn.
    if (next.get() != Next.NOW && next.getAndSet(Next.NOW) != Next.NOW) {
      loop.execute(this::run);
    }
  }

  /**
   * Schedules a start for a new message: in the loop's next turn while messages are rare, else at
   * the next tick.
   */
  @Override
  public void soon() {
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
    if (next.getAndSet(Next.NONE) == Next.NONE) {
      return;
    }
    StepClock.begin();
    starter = Thread.currentThread();
    boolean whole = false;
    try {
      lastNanos = nanoClock.getAsLong();
      begin.run();
      whole = true;
    } finally {
      starter = null;
      StepClock.end();
      if (!whole) {
        now(); // The next start finds what this one has left.
      }
    }
  }
}
