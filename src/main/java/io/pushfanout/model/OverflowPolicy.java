package io.pushfanout.model;

/** The action of a node's full queue on one more message. */
public enum OverflowPolicy {
  /** Refuses this message for this node. */
  DROP_NEWEST("DropNewest"),
  /** Evicts the oldest. */
  DROP_OLDEST("DropOldest"),
  /**
   * Holds the call until full queues of connected nodes have room, at most {@code blockTimeout}.
   */
  BLOCK("Block"),
  /** Refuses the message for all nodes unless every connected node of the fanout accepts it. */
  REJECT("Reject");

  private final String specName;

  OverflowPolicy(String specName) {
    this.specName = specName;
  }

  /** Returns the value in the resource. */
  public String specName() {
    return specName;
  }
}
