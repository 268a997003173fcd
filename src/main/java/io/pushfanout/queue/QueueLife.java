package io.pushfanout.queue;

import io.pushfanout.model.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * A queue is open, retires, may be resumed, and closes from retiring only. Guarded by the lock of
 * its {@link MessageQueue}, so that a resume and a close never both win; whether it retires may be
 * read without it.
 */
final class QueueLife {
  private volatile @Nullable Retirement retirement;
  private boolean closed;

  /** A drain under way gets no longer by another, but it may get another reason. */
  void retire(DropReason reason, long nowNanos, long overdueNanos) {
    Retirement before = retirement;
    long overdue = overdueNanos;
    if (before != null && before.overdueNanos() - overdue < 0) {
      overdue = before.overdueNanos();
    }
    retirement = new Retirement(reason, nowNanos, overdue);
  }

  /** Returns false when it is too late: it has closed. */
  boolean resume() {
    retirement = null;
    return !closed;
  }

  @Nullable Retirement retirement() {
    return retirement;
  }

  /**
   * Closes a queue that is still retiring.
   *
   * @return what it retired for; null where this call closed nothing
   */
  @Nullable DropReason close() {
    Retirement until = retirement;
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
  Admission refusal() {
    Retirement until = retirement;
    return until != null && until.reason() == DropReason.SHUTDOWN
        ? Admission.STOPPED
        : Admission.CLOSED;
  }
}
