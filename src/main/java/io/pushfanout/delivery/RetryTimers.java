package io.pushfanout.delivery;

import io.pushfanout.queue.QueuedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The timers of messages that wait for their next attempt. Waits end at ticks, those of one tick
 * together: a window that failed as a whole comes back in a few steps. Used on the client's loop
 * only.
 */
final class RetryTimers {
  /** Nanoseconds between ticks. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final LongSupplier nanoClock;
  private final RandomGenerator random;
  private final Consumer<List<QueuedMessage>> resend;
  private final Queue<Wait> waiting =
      new PriorityQueue<>((a, b) -> Long.signum(a.untilNanos() - b.untilNanos()));
  private final DeadlineTimer timer;

  private record Wait(QueuedMessage message, long untilNanos) {}

  /**
   * @param resend consumer of the messages that are due for their next attempt
   */
  RetryTimers(
      ScheduledExecutorService loop,
      LongSupplier nanoClock,
      RandomGenerator random,
      Consumer<List<QueuedMessage>> resend) {
    this.nanoClock = nanoClock;
    this.random = random;
    this.resend = resend;
    this.timer = new DeadlineTimer(loop, this::endDue);
  }

  /**
   * Starts a wait of 80 to 120 % of the time, but no longer than {@code atMostNanos}, and then
   * until the next tick.
   */
  void start(QueuedMessage message, long nanos, long atMostNanos) {
    long jittered = (long) (nanos * random.nextDouble(0.8, 1.2));
    long now = nanoClock.getAsLong();
    long until = now + Math.max(0, Math.min(jittered, atMostNanos));
    until += Math.floorMod(-until, TICK_NANOS);
    waiting.add(new Wait(message, until));
    timer.add(until - now, now);
  }

  private void endDue() {
    long now = nanoClock.getAsLong();
    List<QueuedMessage> due = new ArrayList<>();
    Wait next = waiting.peek();
    for (; next != null && next.untilNanos() - now <= 0; next = waiting.peek()) {
      due.add(waiting.remove().message());
    }
    if (next != null) {
      timer.add(next.untilNanos() - now, now);
    }
    if (!due.isEmpty()) {
      resend.accept(due);
    }
  }

  /** Ends all waits and returns their messages. */
  List<QueuedMessage> cancelAll() {
    List<QueuedMessage> cancelled = waiting.stream().map(Wait::message).toList();
    waiting.clear();
    timer.stop();
    return cancelled;
  }
}
