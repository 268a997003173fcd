package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Plan.Conflict;
import io.pushfanout.plan.Plan.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The comparison of desired and running state. It is pure: the same input gives the same plan. */
public final class Planner {
  /** The order of claims on a node: the first fanout keeps it. */
  private static final Comparator<DesiredFanout> PRECEDENCE =
      Comparator.comparing(DesiredFanout::created).thenComparing(DesiredFanout::name);

  private Planner() {}

  /**
   * Plans the operations from running to desired state; there are none if the two agree.
   *
   * @param desired all desired fanouts, with unique names
   * @param running all clients, including retiring ones
   */
  public static Plan plan(
      Collection<DesiredFanout> desired, Map<NodeAddress, RunningNode> running) {
    SortedMap<NodeAddress, DesiredFanout> owners = new TreeMap<>();
    SortedMap<FanoutName, SortedSet<NodeAddress>> owned = new TreeMap<>();
    SortedMap<FanoutName, SortedMap<FanoutName, SortedSet<NodeAddress>>> lost = new TreeMap<>();
    for (DesiredFanout fanout : desired.stream().sorted(PRECEDENCE).toList()) {
      SortedSet<NodeAddress> mine = new TreeSet<>();
      if (owned.put(fanout.name(), mine) != null) {
        throw new IllegalArgumentException("two desired fanouts are named " + fanout.name());
      }
      for (NodeAddress node : fanout.nodes()) {
        DesiredFanout winner = owners.putIfAbsent(node, fanout);
        if (winner == null) {
          mine.add(node);
        } else {
          lost.computeIfAbsent(fanout.name(), _ -> new TreeMap<>())
              .computeIfAbsent(winner.name(), _ -> new TreeSet<>())
              .add(node);
        }
      }
    }
    return new Plan(operations(owners, running), owned, conflicts(lost));
  }

  private static List<Operation> operations(
      SortedMap<NodeAddress, DesiredFanout> owners, Map<NodeAddress, RunningNode> running) {
    List<Operation> operations = new ArrayList<>();
    owners.forEach(
        (node, owner) ->
            keep(node, owner.name(), owner.settingsOf(node), running.get(node))
                .ifPresent(operations::add));
    new TreeMap<>(running)
        .forEach(
            (node, now) -> {
              if (!owners.containsKey(node) && !now.retiring()) {
                operations.add(new Operation.Retire(node));
              }
            });
    return operations;
  }

  private static Optional<Operation> keep(
      NodeAddress node, FanoutName fanout, FanoutSettings settings, @Nullable RunningNode now) {
    if (now == null) {
      return Optional.of(new Operation.Open(node, fanout, settings));
    }
    if (now.retiring()) {
      return Optional.of(new Operation.Resume(node, fanout, settings));
    }
    return now.fanout().equals(fanout) && now.settings().equals(settings)
        ? Optional.empty()
        : Optional.of(new Operation.Resize(node, fanout, settings));
  }

  private static List<Conflict> conflicts(
      SortedMap<FanoutName, SortedMap<FanoutName, SortedSet<NodeAddress>>> lost) {
    List<Conflict> conflicts = new ArrayList<>();
    lost.forEach(
        (loser, byWinner) ->
            byWinner.forEach((winner, nodes) -> conflicts.add(new Conflict(loser, winner, nodes))));
    return conflicts;
  }

  /** The running state of one node: its fanout, its settings, and whether it is retiring. */
  public record RunningNode(FanoutName fanout, FanoutSettings settings, boolean retiring) {}
}
