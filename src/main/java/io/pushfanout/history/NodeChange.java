package io.pushfanout.history;

import org.slf4j.event.Level;

/** A kind of change of a fanout's nodes; each line is about one kind. */
enum NodeChange {
  ADDED(Level.INFO, "added"),
  REMOVED(Level.INFO, "removed"),
  UNREACHABLE(Level.WARN, "unreachable"),
  REACHABLE(Level.INFO, "reachable again"),
  SLOW(Level.WARN, "slow"),
  NOT_SLOW(Level.INFO, "no longer slow"),
  FULL(Level.WARN, "with a full queue"),
  NOT_FULL(Level.INFO, "with room in the queue again");

  private final Level level;
  private final String label;

  NodeChange(Level level, String label) {
    this.level = level;
    this.label = label;
  }

  Level level() {
    return level;
  }

  /** Returns the line without the fanout, such as {@code 2 nodes slow: a:1, b:1}. */
  String line(int nodes, String names) {
    return "%d %s %s: %s".formatted(nodes, nodes == 1 ? "node" : "nodes", label, names);
  }
}
