package io.pushfanout.queue;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets go of the bytes of messages that have left a queue a great many at a time: they have been
 * counted, and take no room; here each gives its memory back, one run in a turn of the loop, so
 * that nobody waits for a million of them. Runs may come from any thread.
 */
final class BatchReleaser {
  private final Executor loop;
  private final Queue<MessageRun> runs = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean under = new AtomicBoolean();

  BatchReleaser(Executor loop) {
    this.loop = loop;
  }

  void add(MessageRun run) {
    runs.add(run);
    schedule();
  }

  private void schedule() {
    if (!under.getAndSet(true)) {
      loop.execute(this::next);
    }
  }

  private void next() {
    try {
      MessageRun run = runs.poll();
      if (run != null) {
        letGo(run);
      }
    } finally {
      under.set(false);
      if (!runs.isEmpty()) {
        schedule();
      }
    }
  }

  private static void letGo(MessageRun run) {
    QueuedMessage message = run.oldest;
    while (message != null) {
      QueuedMessage next = message.younger;
      message.older = null;
      message.younger = null;
      message.letGo();
      message = next;
    }
    run.oldest = null;
    run.youngest = null;
  }
}
