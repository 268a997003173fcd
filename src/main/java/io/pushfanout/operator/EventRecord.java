package io.pushfanout.operator;

import java.time.Duration;

/**
 * An occurrence that is written as an Event.
 *
 * @param message one sentence, for people
 * @param count occurrences since the last Event of this reason
 * @param ago time since the first of these occurrences
 */
record EventRecord(Reason reason, String message, int count, Duration ago) {

  /** Creates a single occurrence of this moment. */
  EventRecord(Reason reason, String message) {
    this(reason, message, 1, Duration.ZERO);
  }

  /** Returns the occurrence of a condition that has flipped. */
  static EventRecord ofFlip(AggregatedStatus.Verdict verdict) {
    Reason reason =
        switch (verdict.type()) {
          case "Accepted" -> verdict.holds() ? Reason.ACCEPTED : Reason.NOT_ACCEPTED;
          case "Conflicted" -> verdict.holds() ? Reason.CONFLICT : Reason.CONFLICT_RESOLVED;
          case "DiscoverySynced" ->
              verdict.holds() ? Reason.DISCOVERY_RESTORED : Reason.DISCOVERY_LOST;
          case "Programmed" -> verdict.holds() ? Reason.PROGRAMMED : Reason.NOT_PROGRAMMED;
          case "NodesConnected" ->
              verdict.holds() ? Reason.NODES_CONNECTED : Reason.NODES_DISCONNECTED;
          case "Ready" -> verdict.holds() ? Reason.READY : Reason.NOT_READY;
          default -> throw new IllegalArgumentException("no condition: " + verdict.type());
        };
    return new EventRecord(reason, verdict.message());
  }

  /** The reasons of Events. */
  enum Reason {
    NODE_ADDED("NodeAdded", false),
    NODE_REMOVED("NodeRemoved", false),
    QUEUE_FULL("QueueFull", true),
    RESIZED("Resized", false),
    CONFLICT("Conflict", true),
    CONFLICT_RESOLVED("ConflictResolved", false),
    DISCOVERY_LOST("DiscoveryLost", true),
    DISCOVERY_RESTORED("DiscoveryRestored", false),
    ACCEPTED("Accepted", false),
    NOT_ACCEPTED("NotAccepted", true),
    PROGRAMMED("Programmed", false),
    NOT_PROGRAMMED("NotProgrammed", true),
    NODES_CONNECTED("NodesConnected", false),
    NODES_DISCONNECTED("NodesDisconnected", true),
    READY("Ready", false),
    NOT_READY("NotReady", true);

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
