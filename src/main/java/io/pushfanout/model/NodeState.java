package io.pushfanout.model;

/** How a node is doing, as the status shows it. */
public enum NodeState {
  /** Not connected, for less than 5 s. */
  CONNECTING("connecting"),
  CONNECTED("connected"),
  /** Connected, and its queue at 50 % or more of either bound for 5 s, until under 25 % for 5 s. */
  SLOW("slow"),
  /** Not connected for 5 s. */
  UNREACHABLE("unreachable"),
  /** No longer a node of the fanout: its queue drains. */
  RETIRING("retiring");

  private final String label;

  NodeState(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
