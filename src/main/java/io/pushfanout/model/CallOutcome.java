package io.pushfanout.model;

/** The outcome of a broadcast call, as counted by the metrics. */
public enum CallOutcome {
  OK("ok"),
  PARTIAL("partial"),
  DROPPED("dropped"),
  NO_NODES("no_nodes"),
  REJECTED("rejected"),
  INVALID("invalid"),
  UNAUTHORIZED("unauthorized"),
  LIMITED("limited"),
  UNAVAILABLE("unavailable");

  private final String label;

  CallOutcome(String label) {
    this.label = label;
  }

  /** Returns the outcome of a call whose reply has counts. */
  public static CallOutcome of(BroadcastOutcome.Code answered) {
    return switch (answered) {
      case OK -> OK;
      case PARTIAL -> PARTIAL;
      case DROPPED -> DROPPED;
      case NO_NODES -> NO_NODES;
    };
  }

  /** Returns the value of the metrics' {@code outcome} label. */
  public String label() {
    return label;
  }
}
