package io.pushfanout.broadcast;

import io.pushfanout.concurrent.Guarded;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A background task that withdraws the offers of held callers that no longer wait. One caller may
 * be held by ten thousand queues, and thousands of callers may leave together, so this thread must
 * have time for the task. Callers take turns: a caller with few offers does not wait for callers
 * with many.
 */
final class OfferCancellations {
  /** Offers of one broadcast in each turn. */
  private static final int PER_TURN = 128;

  /** Offers in each run; then other tasks of the thread have their turn. */
  private static final int PER_RUN = 1024;

  private final Executor thread;
  private final Queue<PendingBroadcast.FanoutPart> cancelled = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  OfferCancellations(Executor thread) {
    this.thread = thread;
  }

  void add(PendingBroadcast.FanoutPart part) {
    cancelled.add(part);
    schedule();
  }

  private void schedule() {
    if (!scheduled.getAndSet(true)) {
      thread.execute(Guarded.run("withdrawing held offers", this::withdrawSome));
    }
  }

  private void withdrawSome() {
    try {
      for (int done = 0; done < PER_RUN; done += PER_TURN) {
        PendingBroadcast.FanoutPart part = cancelled.poll();
        if (part == null) {
          return;
        }
        if (part.withdrawSome(PER_TURN)) {
          cancelled.add(part);
        }
      }
    } finally {
      scheduled.set(false);
      if (!cancelled.isEmpty()) {
        schedule();
      }
    }
  }
}
