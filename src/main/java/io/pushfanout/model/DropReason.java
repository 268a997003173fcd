package io.pushfanout.model;

/** The reason for which a node's queue dropped a message. */
public enum DropReason {
  /** Rejected: the queue is full. */
  QUEUE_FULL("queue_full", false),
  /** Rejected: the message is larger than {@code queueBytes}. */
  TOO_LARGE("too_large", false),
  /** Evicted for a newer message. */
  EVICTED("evicted", true),
  /** Left when the drain timeout of a retired node ended. */
  RETIRED("retired", true),
  /** Evicted because the process is short of memory. */
  SHED("shed", true),
  /** Left when the process stopped. */
  SHUTDOWN("shutdown", true);

  private final String label;
  private final boolean afterEnqueue;

  DropReason(String label, boolean afterEnqueue) {
    this.label = label;
    this.afterEnqueue = afterEnqueue;
  }

  /** Returns the value of the metrics' {@code reason} label. */
  public String label() {
    return label;
  }

  /**
   * Returns whether the message had been enqueued: such a drop is on the right side of the ledger.
   */
  public boolean afterEnqueue() {
    return afterEnqueue;
  }
}
