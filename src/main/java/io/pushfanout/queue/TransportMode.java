package io.pushfanout.queue;

/** How a node gets its messages at the moment. */
public enum TransportMode {
  /**
   * Not at all: it is not connected, whether it streams is not known, or it does not and has to.
   */
  PAUSED("held"),
  UNARY("calls"),
  STREAMING("streams");

  private final String label;

  TransportMode(String label) {
    this.label = label;
  }

  /** The word of the status and the metrics. */
  public String label() {
    return label;
  }
}
