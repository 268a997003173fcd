package io.pushfanout.model;

/** The state of a node, as shown by the status. */
public enum NodeState {
  /** Disconnected for less than 5 s. */
  CONNECTING("connecting"),
  CONNECTED("connected"),
  /** Connected, with a queue at 50 % or more of either bound for 5 s, until under 25 % for 5 s. */
  SLOW("slow"),
  /** Disconnected for 5 s or longer. */
  UNREACHABLE("unreachable"),
  /** Removed from the fanout, with a queue that drains. */
  RETIRING("retiring");

  private final String label;

  NodeState(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
