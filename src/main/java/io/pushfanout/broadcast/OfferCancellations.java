package io.pushfanout.broadcast;

import io.pushfanout.concurrent.Guarded;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes back the offers of held callers who wait no longer, on a thread that has time for it: one
 * caller may be held by ten thousand queues, and thousands may leave together. Some offers of each
 * caller in turn, so that whoever has few is not behind those who have many.
 */
final class OfferCancellations {
  /** Offers of one broadcast before it is the next one's turn. */
  private static final int OF_ONE = 128;

  /** Offers before other tasks of the thread have their turn. */
  private static final int AT_ONCE = 1024;

  private final Executor thread;
  private final Queue<PendingBroadcast.Share> leaving = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean under = new AtomicBoolean();

  OfferCancellations(Executor thread) {
    this.thread = thread;
  }

  void add(PendingBroadcast.Share share) {
    leaving.add(share);
    schedule();
  }

  private void schedule() {
    if (!under.getAndSet(true)) {
      thread.execute(Guarded.run("withdrawing held offers", this::withdrawSome));
    }
  }

  private void withdrawSome() {
    try {
      for (int done = 0; done < AT_ONCE; done += OF_ONE) {
        PendingBroadcast.Share share = leaving.poll();
        if (share == null) {
          return;
        }
        if (share.withdraw(OF_ONE)) {
          leaving.add(share);
        }
      }
    } finally {
      under.set(false);
      if (!leaving.isEmpty()) {
        schedule();
      }
    }
  }
}
