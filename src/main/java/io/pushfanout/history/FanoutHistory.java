package io.pushfanout.history;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeState;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The log of node changes of one fanout. The first change of a kind is written at once. Later
 * changes are collected and written at most {@link #PAUSE} later. For one thread.
 */
final class FanoutHistory {
  /**
   * Minimum time between two lines of one kind. Together with the poll interval of 1 s, every
   * change is written within 5 s.
   */
  static final Duration PAUSE = Duration.ofSeconds(3);

  static final Duration FIRST_DROPS = Duration.ofSeconds(15);
  static final Duration LAST_DROPS = Duration.ofMinutes(5);

  private final Map<NodeChange, SortedMap<NodeAddress, String>> pending =
      new EnumMap<>(NodeChange.class);
  private final Map<NodeChange, Long> writtenNanos = new EnumMap<>(NodeChange.class);
  private final SortedSet<NodeAddress> dropping = new TreeSet<>();
  private Map<NodeAddress, NodeLook> nodes = Map.of();
  private long dropped;
  private long dropsNanos;
  private Duration dropsPause = Duration.ZERO;

  /** A sink for lines that do not contain the fanout's name. */
  interface Lines {
    /**
     * @param kind the kind of the line; each kind is rate-limited separately
     */
    void write(String kind, Level level, String text);
  }

  /** Compares the fanout with the previous poll, and writes the lines that are due. */
  void poll(FanoutSnapshot fanout, long nowNanos, Lines lines) {
    Map<NodeAddress, NodeLook> now = new HashMap<>();
    for (NodeSnapshot node : fanout.nodes()) {
      if (node.state() != NodeState.RETIRING) {
        NodeLook before = nodes.get(node.address());
        NodeLook look = NodeLook.at(node, before);
        now.put(node.address(), look);
        compare(node, before, look);
      }
    }
    for (NodeAddress address : nodes.keySet()) {
      if (!now.containsKey(address)) {
        note(NodeChange.REMOVED, address, "");
      }
    }
    nodes = now;
    write(nowNanos, lines);
    writeDrops(nowNanos, lines);
  }

  private void compare(NodeSnapshot node, @Nullable NodeLook before, NodeLook now) {
    NodeAddress address = node.address();
    if (before == null) {
      note(NodeChange.ADDED, address, "");
    }
    boolean wasUnreachable = before != null && before.unreachable();
    if (now.unreachable() != wasUnreachable) {
      note(
          now.unreachable() ? NodeChange.UNREACHABLE : NodeChange.REACHABLE, address, now.detail());
    }
    String queue = queue(node, now);
    boolean wasSlow = before != null && before.slow();
    if (now.slow() != wasSlow) {
      note(now.slow() ? NodeChange.SLOW : NodeChange.NOT_SLOW, address, now.slow() ? queue : "");
    }
    boolean wasFull = before != null && before.full();
    if (now.full() != wasFull) {
      note(now.full() ? NodeChange.FULL : NodeChange.NOT_FULL, address, now.full() ? queue : "");
    } else if (before != null && now.dropped() > before.dropped()) {
      dropped += now.dropped() - before.dropped();
      dropping.add(address);
    }
  }

  private static String queue(NodeSnapshot node, NodeLook look) {
    return "%d of %d messages wait, %d dropped"
        .formatted(node.ledger().queued(), node.settings().queueSize(), look.dropped());
  }

  private void note(NodeChange kind, NodeAddress node, String detail) {
    pending.computeIfAbsent(kind, _ -> new TreeMap<>()).put(node, detail);
  }

  private void write(long nowNanos, Lines lines) {
    for (NodeChange kind : NodeChange.values()) {
      SortedMap<NodeAddress, String> changed = pending.get(kind);
      Long written = writtenNanos.get(kind);
      if (changed != null && (written == null || nowNanos - written >= PAUSE.toNanos())) {
        pending.remove(kind);
        writtenNanos.put(kind, nowNanos);
        lines.write(kind.name(), kind.level(), kind.line(changed.size(), names(changed)));
      }
    }
  }

  private static String names(SortedMap<NodeAddress, String> changed) {
    return NodeNames.cut(
        changed.entrySet().stream()
            .map(
                node ->
                    node.getValue().isEmpty()
                        ? node.getKey().toString()
                        : "%s (%s)".formatted(node.getKey(), node.getValue()))
            .toList());
  }

  /** Writes the drops of full queues, at doubling intervals while they continue. */
  private void writeDrops(long nowNanos, Lines lines) {
    if (dropping.isEmpty()) {
      if (nowNanos - dropsNanos >= dropsPause.toNanos()) {
        dropsPause = Duration.ZERO;
      }
      return;
    }
    if (dropsPause.isZero()) {
      dropsPause = FIRST_DROPS;
      dropsNanos = nowNanos;
    } else if (nowNanos - dropsNanos >= dropsPause.toNanos()) {
      lines.write(
          "DROPPING",
          Level.WARN,
          "%d messages dropped for full queues of %s".formatted(dropped, NodeNames.of(dropping)));
      dropped = 0;
      dropping.clear();
      dropsNanos = nowNanos;
      Duration twice = dropsPause.multipliedBy(2);
      dropsPause = twice.compareTo(LAST_DROPS) < 0 ? twice : LAST_DROPS;
    }
  }
}
