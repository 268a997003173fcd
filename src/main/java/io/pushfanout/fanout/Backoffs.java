package io.pushfanout.fanout;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Messages that wait for their next attempt. On the client's loop only. */
final class Backoffs {
  private final ScheduledExecutorService loop;
  private final RandomGenerator random;
  private final Consumer<QueuedMessage> resend;
  private final Map<QueuedMessage, Future<?>> waiting = new HashMap<>();

  /**
   * @param resend is given each message when its wait is over
   */
  Backoffs(ScheduledExecutorService loop, RandomGenerator random, Consumer<QueuedMessage> resend) {
    this.loop = loop;
    this.random = random;
    this.resend = resend;
  }

  /** Waits 80 to 120 % of the time, but no longer than {@code atMostNanos}. */
  void start(QueuedMessage message, long nanos, long atMostNanos) {
    long jittered = (long) (nanos * random.nextDouble(0.8, 1.2));
    long wait = Math.max(0, Math.min(jittered, atMostNanos));
    waiting.put(message, loop.schedule(() -> end(message), wait, TimeUnit.NANOSECONDS));
  }

  private void end(QueuedMessage message) {
    if (waiting.remove(message) != null) {
      resend.accept(message);
    }
  }

  /** Ends all waits, and returns whose they were. */
  List<QueuedMessage> cancelAll() {
    List<QueuedMessage> cancelled = List.copyOf(waiting.keySet());
    waiting.values().forEach(timer -> timer.cancel(false));
    waiting.clear();
    return cancelled;
  }
}
