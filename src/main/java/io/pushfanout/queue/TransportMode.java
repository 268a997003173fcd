package io.pushfanout.queue;

/** The way in which a node gets its messages at the moment. */
public enum TransportMode {
  /**
   * Paused: the node is not connected, its streaming support is not known yet, or it has none
   * although it must.
   */
  PAUSED("held"),
  UNARY("calls"),
  STREAMING("streams");

  private final String label;

  TransportMode(String label) {
    this.label = label;
  }

  /** Returns the word for the status and the metrics. */
  public String label() {
    return label;
  }
}
