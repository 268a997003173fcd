package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import io.pushfanout.queue.MessageQueue.OfferResult;
import org.jspecify.annotations.Nullable;

/**
 * The lifecycle of a queue: it is open, retires, may be resumed, and closes from retiring only.
 * Guarded by the lock of its {@link MessageQueue}, so that a resume and a close never both win;
 * {@link #drain()} needs no lock.
 */
final class QueueLifecycle {
  private volatile @Nullable Drain drain;
  private boolean closed;

  /** Starts a drain. It cannot extend a drain under way, but it may change its reason. */
  void retire(DropReason reason, long nowNanos, long overdueNanos) {
    Drain before = drain;
    long overdue = overdueNanos;
    if (before != null && before.overdueNanos() - overdue < 0) {
      overdue = before.overdueNanos();
    }
    drain = new Drain(reason, nowNanos, overdue);
  }

  /** Cancels the drain. Returns false when it is too late: the queue has closed. */
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
   * @return the reason of the retirement; null when this call closed nothing
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

  /** Returns the answer of a closed queue to offers. */
  OfferResult refusal() {
    Drain until = drain;
    return until != null && until.reason() == DropReason.SHUTDOWN
        ? OfferResult.STOPPED
        : OfferResult.CLOSED;
  }
}
