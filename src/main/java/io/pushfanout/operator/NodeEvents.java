package io.pushfanout.operator;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.history.FieldChanges;
import io.pushfanout.history.NodeNames;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeState;
import io.pushfanout.plan.Plan.Conflict;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The differences between two snapshots of a fanout: each reason at most once, however often it
 * occurred in between. Pure.
 */
final class NodeEvents {
  /** The reasons that a difference can show; the others are flips of conditions. */
  static final Set<EventRecord.Reason> REASONS =
      Collections.unmodifiableSet(
          EnumSet.of(
              EventRecord.Reason.NODE_ADDED,
              EventRecord.Reason.NODE_REMOVED,
              EventRecord.Reason.RESIZED,
              EventRecord.Reason.CONFLICT,
              EventRecord.Reason.QUEUE_FULL));

  private final FanoutSnapshot before;
  private final FanoutSnapshot after;

  private NodeEvents(FanoutSnapshot before, FanoutSnapshot after) {
    this.before = before;
    this.after = after;
  }

  /** Returns all occurrences of this reason between two snapshots as one. */
  static Optional<EventRecord> between(
      EventRecord.Reason reason, FanoutSnapshot before, FanoutSnapshot after) {
    return new NodeEvents(before, after).of(reason);
  }

  private Optional<EventRecord> of(EventRecord.Reason reason) {
    return switch (reason) {
      // The first nodes of a fanout are not reported as added.
      case NODE_ADDED -> before.discovered() ? nodes(reason, after, before) : Optional.empty();
      case NODE_REMOVED -> before.discovered() ? nodes(reason, before, after) : Optional.empty();
      case RESIZED -> resized();
      case CONFLICT -> otherConflict();
      case QUEUE_FULL -> queueFull();
      default -> throw new IllegalArgumentException("a flip is no difference: " + reason);
    };
  }

  private static Optional<EventRecord> nodes(
      EventRecord.Reason reason, FanoutSnapshot of, FanoutSnapshot without) {
    SortedSet<NodeAddress> nodes = nodes(of);
    nodes.removeAll(nodes(without));
    return nodes.isEmpty()
        ? Optional.empty()
        : Optional.of(new EventRecord(reason, NodeNames.of(nodes)));
  }

  private static SortedSet<NodeAddress> nodes(FanoutSnapshot fanout) {
    return fanout.nodes().stream()
        .filter(node -> node.state() != NodeState.RETIRING)
        .map(NodeSnapshot::address)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Optional<EventRecord> resized() {
    List<String> changes = FieldChanges.between(before.settings(), after.settings());
    return changes.isEmpty()
        ? Optional.empty()
        : Optional.of(new EventRecord(EventRecord.Reason.RESIZED, String.join(", ", changes)));
  }

  /**
   * Returns a conflict with other nodes or another winner than before; its begin and its end are
   * flips.
   */
  private Optional<EventRecord> otherConflict() {
    if (after.conflicts().isEmpty()
        || before.conflicts().isEmpty()
        || after.conflicts().equals(before.conflicts())) {
      return Optional.empty();
    }
    return Optional.of(new EventRecord(EventRecord.Reason.CONFLICT, describe(after.conflicts())));
  }

  /** Returns the winners of conflicts and their nodes. */
  static String describe(List<Conflict> conflicts) {
    return conflicts.stream()
        .limit(NodeNames.NAMED)
        .map(conflict -> "%s has %s".formatted(conflict.winner(), NodeNames.of(conflict.nodes())))
        .collect(Collectors.joining("; "));
  }

  private Optional<EventRecord> queueFull() {
    Map<NodeAddress, Long> droppedBefore = new HashMap<>();
    before.nodes().forEach(node -> droppedBefore.put(node.address(), dropped(node)));
    long dropped = 0;
    SortedSet<NodeAddress> nodes = new TreeSet<>();
    for (NodeSnapshot node : after.nodes()) {
      long here = dropped(node) - droppedBefore.getOrDefault(node.address(), 0L);
      if (here > 0) {
        dropped += here;
        nodes.add(node.address());
      }
    }
    return nodes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new EventRecord(
                EventRecord.Reason.QUEUE_FULL,
                "%d messages dropped for full queues of %s"
                    .formatted(dropped, NodeNames.of(nodes))));
  }

  private static long dropped(NodeSnapshot node) {
    Map<DropReason, Long> dropped = node.ledger().dropped();
    return dropped.getOrDefault(DropReason.QUEUE_FULL, 0L)
        + dropped.getOrDefault(DropReason.EVICTED, 0L);
  }
}
