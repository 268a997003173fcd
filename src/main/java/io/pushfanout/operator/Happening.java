package io.pushfanout.operator;

/**
 * Something that an Event tells of.
 *
 * @param message one sentence, for people
 */
record Happening(Reason reason, String message) {

  /** What there are Events for. */
  enum Reason {
    NODE_ADDED("NodeAdded", false),
    NODE_REMOVED("NodeRemoved", false),
    QUEUE_FULL("QueueFull", true),
    RESIZED("Resized", false),
    CONFLICT("Conflict", true),
    DISCOVERY_LOST("DiscoveryLost", true),
    DISCOVERY_RESTORED("DiscoveryRestored", false);

    private final String label;
    private final boolean warning;

    Reason(String label, boolean warning) {
      this.label = label;
      this.warning = warning;
    }

    String label() {
      return label;
    }

    String type() {
      return warning ? "Warning" : "Normal";
    }
  }
}
