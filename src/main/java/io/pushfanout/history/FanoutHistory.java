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
 * What happens to the nodes of one fanout. The first change of a kind is written at once. Changes
 * that follow are gathered, and each is in a line at most {@link #PAUSE} later. For one thread.
 */
final class FanoutHistory {
  /** With the second between two looks, every change is written within 5 s. */
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

  /** Takes a line, without the fanout's name. */
  interface Lines {
    /**
     * @param kind of the line, for its pace
     */
    void write(String kind, Level level, String text);
  }

  /** Looks at the fanout, and writes what is due. */
  void look(FanoutSnapshot fanout, long nowNanos, Lines lines) {
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

  /** Full queues that go on dropping are written of less and less often. */
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
