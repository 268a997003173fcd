package io.pushfanout.queue;

/** How a node gets its messages at the moment. */
public enum Way {
  /**
   * Not at all: it is not connected, whether it streams is not known, or it does not and has to.
   */
  HELD("held"),
  CALLS("calls"),
  STREAMS("streams");

  private final String label;

  Way(String label) {
    this.label = label;
  }

  /** The word of the status and the metrics. */
  public String label() {
    return label;
  }
}
