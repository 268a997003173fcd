package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * A queue is open, retires, may be resumed, and closes from retiring only. Guarded by the lock of
 * its {@link MessageQueue}, so that a resume and a close never both win; whether it retires may be
 * read without it.
 */
final class QueueLifecycle {
  private volatile @Nullable Drain drain;
  private boolean closed;

  /** A drain under way gets no longer by another, but it may get another reason. */
  void retire(DropReason reason, long nowNanos, long overdueNanos) {
    Drain before = drain;
    long overdue = overdueNanos;
    if (before != null && before.overdueNanos() - overdue < 0) {
      overdue = before.overdueNanos();
    }
    drain = new Drain(reason, nowNanos, overdue);
  }

  /** Returns false when it is too late: it has closed. */
  boolean resume() {
    drain = null;
    return !closed;
  }

  @Nullable Drain drain() {
    return drain;
  }

  /**
   * Closes a queue that is still retiring.
   *
   * @return what it retired for; null where this call closed nothing
   */
  @Nullable DropReason close() {
    Drain until = drain;
    if (closed || until == null) {
      return null;
    }
    closed = true;
    return until.reason();
  }

  boolean isClosed() {
    return closed;
  }

  /** What a closed queue answers to offers. */
  OfferResult refusal() {
    Drain until = drain;
    return until != null && until.reason() == DropReason.SHUTDOWN
        ? OfferResult.STOPPED
        : OfferResult.CLOSED;
  }
}
