package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * The drops of one node's waiting messages: expired, evicted, shed, or left at the close. Whole
 * runs leave first, so that a million messages cost a thousand steps. Guarded by the lock of its
 * {@link MessageQueue}.
 */
final class WaitingDrops {
  private final WaitingMessages waiting;
  private final Ttl ttl;
  private final Ledger ledger;
  private boolean anySinceCheck;

  WaitingDrops(WaitingMessages waiting, Ttl ttl, Ledger ledger) {
    this.waiting = waiting;
    this.ttl = ttl;
    this.ledger = ledger;
  }

  /** Returns whether messages were dropped since the last call. */
  boolean pollAny() {
    boolean any = anySinceCheck;
    anySinceCheck = false;
    return any;
  }

  private MessageRun takeRun() {
    anySinceCheck = true;
    return waiting.takeRun();
  }

  private void remove(QueuedMessage message) {
    anySinceCheck = true;
    waiting.remove(message);
  }

  /** Drops the oldest message. Returns false when no message waits. */
  boolean dropOldest(DropReason reason) {
    QueuedMessage oldest = waiting.peek();
    if (oldest != null) {
      remove(oldest);
      ledger.dropped(oldest, reason);
    }
    return oldest != null;
  }

  void dropOldestRun(DropReason reason) {
    ledger.dropped(takeRun(), reason);
  }

  /** Drops all messages. Returns their number. */
  int dropAll(DropReason reason) {
    int dropped = waiting.size();
    while (!waiting.isEmpty()) {
      dropOldestRun(reason);
    }
    return dropped;
  }

  /** Returns whether a message has expired, at one look at the oldest. */
  boolean isAnyExpired(long now) {
    QueuedMessage oldest = waiting.peek();
    return oldest != null && ttl.isOver(oldest, now);
  }

  /** Drops the messages that have expired: they take no room from now on. */
  void dropExpired(long now) {
    for (MessageRun run = waiting.peekRun();
        run != null && ttl.isOver(run.youngest(), now);
        run = waiting.peekRun()) {
      ledger.expired(takeRun());
    }
    for (@Nullable QueuedMessage oldest = waiting.peek();
        oldest != null && ttl.isOver(oldest, now);
        oldest = waiting.peek()) {
      remove(oldest);
      ledger.expired(oldest);
    }
  }
}
