package io.pushfanout.fanout;

import io.pushfanout.model.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * A queue is open, retires, may be resumed, and closes from retiring only. Guarded by the lock of
 * its {@link MessageQueue}, so that a resume and a close never both win.
 */
final class QueueLife {
  private @Nullable Retirement retirement;
  private boolean closed;

  /** A drain under way gets no longer by another, but it may get another reason. */
  void retire(DropReason reason, long nowNanos, long overdueNanos) {
    long overdue = overdueNanos;
    if (retirement != null && retirement.overdueNanos() - overdue < 0) {
      overdue = retirement.overdueNanos();
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
    if (closed || retirement == null) {
      return null;
    }
    closed = true;
    return retirement.reason();
  }

  boolean isClosed() {
    return closed;
  }

  /** What a closed queue answers to offers. */
  Admission refusal() {
    return retirement != null && retirement.reason() == DropReason.SHUTDOWN
        ? Admission.STOPPED
        : Admission.CLOSED;
  }
}
