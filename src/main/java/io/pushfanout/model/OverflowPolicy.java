package io.pushfanout.model;

/** What a node's full queue does with one more message. */
public enum OverflowPolicy {
  /** Refuses this message for this node. */
  DROP_NEWEST("DropNewest"),
  /** Evicts the oldest. */
  DROP_OLDEST("DropOldest"),
  /** The caller waits for full connected nodes, at most {@code blockTimeout}. */
  BLOCK("Block"),
  /** All connected nodes of the fanout take it, or none. */
  REJECT("Reject");

  private final String specName;

  OverflowPolicy(String specName) {
    this.specName = specName;
  }

  /** The value in the resource. */
  public String specName() {
    return specName;
  }
}
