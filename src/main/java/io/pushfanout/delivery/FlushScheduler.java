package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pushfanout.concurrent.StepClock;
import io.pushfanout.model.Bounds;
import io.pushfanout.queue.Wakeup;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler that decides when deliveries to one node begin. Messages that have waited begin at
 * once, and so does a new message while messages are rare. While messages follow each other
 * closely, a new message waits for the next tick. Messages then leave together, with fewer and
 * larger writes, and fewer and larger answers.
 *
 * <p>The linger is the time between ticks, and the most that gathering adds to the latency of a
 * message. Ticks are the same moments for all nodes of one linger: a loop wakes up once for all of
 * them. Messages begin in the loop's next turn where the linger is zero. May be used from any
 * thread; deliveries begin on the loop.
 */
public final class FlushScheduler implements Wakeup {
  private static final long NO_TICK = Long.MIN_VALUE;

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

  /** Tick of the loop's latest timer, which serves all starts at that tick; else NO_TICK. */
  private final AtomicLong timer = new AtomicLong(NO_TICK);

  private volatile long lingerNanos;
  private volatile long lastNanos;

  /** Thread of the start under way, which finds all that it grants itself; null without one. */
  private volatile @Nullable Thread starter;

  /**
   * @param begin task that begins all deliveries that can begin; runs on the loop
   */
  public FlushScheduler(
      ScheduledExecutorService loop, LongSupplier nanoClock, Duration linger, Runnable begin) {
    this.loop = loop;
    this.nanoClock = nanoClock;
    this.begin = begin;
    this.lingerNanos = linger.toNanos();
    this.lastNanos = nanoClock.getAsLong() - TimeUnit.MILLISECONDS.toNanos(Bounds.LINGER_MAX);
  }

  /** Changes the linger. Messages that wait for a tick of the old one begin at once. */
  public void linger(Duration changed) {
    long nanos = changed.toNanos();
    if (nanos != lingerNanos) {
      lingerNanos = nanos;
      expedite();
    }
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

  @Override
  public void expedite() {
    if (next.get() == Next.AT_TICK) {
      now();
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
    long linger = lingerNanos;
    long now = nanoClock.getAsLong();
    if (linger == 0 || isRare(now, linger)) {
      now();
    } else if (next.compareAndSet(Next.NONE, Next.AT_TICK)) {
      startAtTick(now, linger);
      if (linger != lingerNanos) {
        // The change came before this start was one to expedite.
        expedite();
      }
    }
  }

  /**
   * Returns whether a message gains nothing by waiting: of messages that come less often than twice
   * in a linger, two rarely share a tick.
   */
  private boolean isRare(long now, long linger) {
    return now - lastNanos >= linger / 2;
  }

  private void startAtTick(long now, long linger) {
    long wait = linger - Math.floorMod(now, linger);
    long tick = now + wait;
    if (timer.getAndSet(tick) != tick) {
      var _ = loop.schedule(() -> onTick(tick), wait, NANOSECONDS);
    }
  }

  private void onTick(long tick) {
    timer.compareAndSet(tick, NO_TICK);
    run();
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
