package io.pushfanout.model;

/** How a broadcast call ended, as the metrics count it. */
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

  /** The outcome of a call that was answered with counts. */
  public static CallOutcome of(BroadcastOutcome.Code answered) {
    return switch (answered) {
      case OK -> OK;
      case PARTIAL -> PARTIAL;
      case DROPPED -> DROPPED;
      case NO_NODES -> NO_NODES;
    };
  }

  /** The value of the metrics' {@code outcome} label. */
  public String label() {
    return label;
  }
}
