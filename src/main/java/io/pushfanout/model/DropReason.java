package io.pushfanout.model;

/** Why a node's queue did not keep a message. */
public enum DropReason {
  /** Refused: no room. */
  QUEUE_FULL("queue_full", false),
  /** Refused: larger than {@code queueBytes}. */
  TOO_LARGE("too_large", false),
  /** Thrown out for a newer one. */
  EVICTED("evicted", true),
  /** Left when a retired node's drain time was over. */
  RETIRED("retired", true),
  /** Thrown out because the process is short of memory. */
  SHED("shed", true),
  /** Left when the process stopped. */
  SHUTDOWN("shutdown", true);

  private final String label;
  private final boolean afterEnqueue;

  DropReason(String label, boolean afterEnqueue) {
    this.label = label;
    this.afterEnqueue = afterEnqueue;
  }

  /** The value of the metrics' {@code reason} label. */
  public String label() {
    return label;
  }

  /** Whether the message had been enqueued: such a drop is on the ledger's right side. */
  public boolean afterEnqueue() {
    return afterEnqueue;
  }
}
