package io.pushfanout.plan;

import io.pushfanout.model.NodeAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A grace period for nodes that vanish from the registry in large numbers: a working connection is
 * better evidence than a missing registration.
 *
 * <p>Only removals of the last period count. They are a mass removal if they remove at least two,
 * and more than half, of the nodes that were connected at the first of them. Each of these nodes
 * then stays until its connection fails, or until a period has passed since its own removal. Nodes
 * removed before the threshold was reached come back, with 2 s to connect again.
 *
 * <p>Callers pass time and connections in; this class has no thread or timer. Instances are not
 * thread-safe.
 */
public final class RemovalGrace {
  /** Time for a node that comes back to connect again. */
  static final Duration RECONNECT = Duration.ofSeconds(2);

  private final Map<NodeAddress, Removal> removals = new HashMap<>();
  private Set<NodeAddress> registered = Set.of();

  /** A removal of a node's registration within the last period. */
  private static final class Removal {
    final long atNanos;

    /** Whether its connection worked at that moment. */
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
   * Returns the nodes that the fanout should have.
   *
   * @param now the nodes in the registry
   * @param leaving the nodes that end by themselves: no removal of one counts, and none is kept
   * @param connectedSince the time at which each connected node connected, on the clock of {@code
   *     nowNanos}
   * @param period the grace period; zero disables it
   */
  public Set<NodeAddress> keep(
      Set<NodeAddress> now,
      Set<NodeAddress> leaving,
      Map<NodeAddress, Long> connectedSince,
      long nowNanos,
      Duration period) {
    noteRemovals(now, leaving, connectedSince, nowNanos);
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

  /** Returns whether time or connections alone may change the result of {@link #keep}. */
  public boolean isWatching() {
    return !removals.isEmpty();
  }

  private void noteRemovals(
      Set<NodeAddress> now,
      Set<NodeAddress> leaving,
      Map<NodeAddress, Long> connectedSince,
      long nowNanos) {
    for (NodeAddress node : registered) {
      if (!now.contains(node)) {
        Long since = connectedSince.get(node);
        removals.put(node, new Removal(nowNanos, since != null, since == null ? 0 : since));
      }
    }
    removals.keySet().removeAll(now);
    removals.keySet().removeAll(leaving);
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
