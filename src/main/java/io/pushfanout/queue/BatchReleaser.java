package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A releaser of messages that leave a queue many at a time. The ledger has counted them already,
 * and they take no room; their memory is released here, one run in each turn of the loop, so that
 * no other task waits for a million of them. Runs may come from any thread.
 */
final class BatchReleaser {
  private final Ledger ledger;
  private final Executor loop;
  private final Queue<MessageRun> runs = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  BatchReleaser(Ledger ledger, Executor loop) {
    this.ledger = ledger;
    this.loop = loop;
  }

  void add(MessageRun run) {
    runs.add(run);
    schedule();
  }

  private void schedule() {
    if (!scheduled.getAndSet(true)) {
      loop.execute(this::next);
    }
  }

  private void next() {
    try {
      MessageRun run = runs.poll();
      if (run != null) {
        release(run);
      }
    } finally {
      scheduled.set(false);
      if (!runs.isEmpty()) {
        schedule();
      }
    }
  }

  private void release(MessageRun run) {
    DeliveryEnd end = requireNonNull(run.end);
    QueuedMessage message = run.oldest;
    while (message != null) {
      QueuedMessage next = message.younger;
      message.older = null;
      message.younger = null;
      message.ended(end, ledger);
      message = next;
    }
    run.oldest = null;
    run.youngest = null;
  }
}
