package io.pushfanout.plan;

import io.pushfanout.model.NodeAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Doubts a registry that loses most of a fanout's nodes at once: a connection that works is better
 * evidence than a registration that is missing.
 *
 * <p>It looks at the removals of the last period. When they would take more than half, and at least
 * two, of the nodes that were connected when the first of them happened, each of these stays until
 * its connection fails or its own removal is a period ago. That goes for those too that went before
 * the removals became so many: they come back, and have a moment to connect again.
 *
 * <p>Time and connections are told; nothing here runs by itself. For one thread.
 */
public final class RemovalGrace {
  /** How long a node that had gone and is kept after all may take to connect again. */
  static final Duration RECONNECT = Duration.ofSeconds(2);

  private final Map<NodeAddress, Removal> removals = new HashMap<>();
  private Set<NodeAddress> registered = Set.of();

  /** A node whose registration went within the last period. */
  private static final class Removal {
    final long atNanos;

    /** Whether its connection worked at that moment, and since when. */
    final boolean connected;

    final long connectedSinceNanos;
    boolean kept;
    long keptSinceNanos;
    boolean connectedWhileKept;
    boolean failed;

    Removal(long atNanos, boolean connected, long connectedSinceNanos) {
      this.atNanos = atNanos;
      this.connected = connected;
      this.connectedSinceNanos = connectedSinceNanos;
    }

    void keep(boolean isConnected, long nowNanos) {
      if (!kept) {
        kept = true;
        keptSinceNanos = nowNanos;
      }
      if (isConnected) {
        connectedWhileKept = true;
      } else if (connectedWhileKept || nowNanos - keptSinceNanos >= RECONNECT.toNanos()) {
        failed = true;
      }
    }
  }

  /**
   * Which nodes there should be.
   *
   * @param now what the registry says
   * @param connectedSince of each connected node, since when, on the same clock as {@code nowNanos}
   * @param period zero is off
   */
  public Set<NodeAddress> keep(
      Set<NodeAddress> now, Map<NodeAddress, Long> connectedSince, long nowNanos, Duration period) {
    noteRemovals(now, connectedSince, nowNanos);
    removals.values().removeIf(r -> nowNanos - r.atNanos >= period.toNanos());
    if (!isMassRemoval(connectedSince)) {
      removals.values().forEach(removal -> removal.kept = false);
      return now;
    }
    Set<NodeAddress> kept = new HashSet<>(now);
    removals.forEach(
        (node, removal) -> {
          if (removal.connected && !removal.failed) {
            removal.keep(connectedSince.containsKey(node), nowNanos);
          }
          if (removal.connected && !removal.failed) {
            kept.add(node);
          }
        });
    return kept;
  }

  /** Whether time or connections alone may change the answer. */
  public boolean isWatching() {
    return !removals.isEmpty();
  }

  private void noteRemovals(
      Set<NodeAddress> now, Map<NodeAddress, Long> connectedSince, long nowNanos) {
    for (NodeAddress node : registered) {
      if (!now.contains(node)) {
        Long since = connectedSince.get(node);
        removals.put(node, new Removal(nowNanos, since != null, since == null ? 0 : since));
      }
    }
    removals.keySet().removeAll(now);
    registered = Set.copyOf(now);
  }

  private boolean isMassRemoval(Map<NodeAddress, Long> connectedSince) {
    if (removals.isEmpty()) {
      return false;
    }
    long first = removals.values().stream().mapToLong(r -> r.atNanos).min().orElseThrow();
    long gone =
        removals.values().stream()
            .filter(r -> r.connected && r.connectedSinceNanos - first <= 0)
            .count();
    long left =
        registered.stream()
            .map(connectedSince::get)
            .filter(since -> since != null && since - first <= 0)
            .count();
    return gone >= 2 && gone > left;
  }
}
