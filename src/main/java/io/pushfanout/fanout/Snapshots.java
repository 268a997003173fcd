package io.pushfanout.fanout;

import io.pushfanout.broadcast.Routes;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.plan.Discovered;
import io.pushfanout.plan.Plan.Conflict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The factory of fanout snapshots, which groups the clients' snapshots by fanout. */
final class Snapshots {
  private Snapshots() {}

  /**
   * @param ofMemory problems of a fanout's memory
   */
  static List<FanoutSnapshot> of(
      Routes routes,
      Collection<BroadcastClient> clients,
      Function<FanoutName, List<Problem>> ofMemory) {
    SortedMap<FanoutName, List<NodeSnapshot>> nodes = new TreeMap<>();
    routes.byFanout().keySet().forEach(name -> nodes.put(name, new ArrayList<>()));
    clients.stream()
        .map(BroadcastClient::snapshot)
        .sorted(Comparator.comparing(NodeSnapshot::address))
        .forEach(node -> nodes.computeIfAbsent(node.fanout(), _ -> new ArrayList<>()).add(node));
    List<FanoutSnapshot> fanouts = new ArrayList<>();
    nodes.forEach(
        (name, list) ->
            fanouts.add(fanout(name, routes.byFanout().get(name), list, ofMemory.apply(name))));
    return fanouts;
  }

  private static FanoutSnapshot fanout(
      FanoutName name,
      Routes.@Nullable Route route,
      List<NodeSnapshot> nodes,
      List<Problem> ofMemory) {
    return route == null ? gone(name, nodes, ofMemory) : present(route, nodes, ofMemory);
  }

  private static FanoutSnapshot present(
      Routes.Route route, List<NodeSnapshot> nodes, List<Problem> ofMemory) {
    Discovered discovered = route.desired().discovered();
    List<Problem> ofFanout = new ArrayList<>(ofMemory);
    ofFanout.addAll(discovered.problems());
    return new FanoutSnapshot(
        route.fanout(),
        route.desired().generation(),
        route.settings(),
        nodes,
        problems(ofFanout, nodes, route.conflicts()),
        discovered.known(),
        discovered.degraded(),
        route.conflicts());
  }

  /**
   * Returns the snapshot of a fanout that has no resource any more and drains its nodes: discovery
   * has nothing to find.
   */
  private static FanoutSnapshot gone(
      FanoutName name, List<NodeSnapshot> nodes, List<Problem> ofMemory) {
    return new FanoutSnapshot(
        name,
        0,
        nodes.getFirst().settings(),
        nodes,
        problems(ofMemory, nodes, List.of()),
        true,
        false,
        List.of());
  }

  private static List<Problem> problems(
      List<Problem> ofFanout, List<NodeSnapshot> nodes, List<Conflict> conflicts) {
    List<Problem> problems = new ArrayList<>(ofFanout);
    nodes.stream()
        .filter(node -> !node.dialled())
        .map(
            node ->
                new Problem(
                    node.address().toString(), ProblemReason.TLS_PROFILE_MISSING, node.detail()))
        .forEach(problems::add);
    nodes.stream()
        .filter(node -> node.state() == NodeState.UNREACHABLE && node.dialled())
        .map(
            node ->
                new Problem(node.address().toString(), ProblemReason.UNREACHABLE, node.detail()))
        .forEach(problems::add);
    nodes.stream()
        .filter(node -> node.state() == NodeState.SLOW)
        .map(
            node ->
                new Problem(
                    node.address().toString(),
                    ProblemReason.SLOW,
                    "%d messages wait in its queue".formatted(node.ledger().queued())))
        .forEach(problems::add);
    for (NodeSnapshot node : nodes) {
      String address = node.address().toString();
      node.troubles()
          .forEach(
              trouble -> problems.add(new Problem(address, trouble.reason(), trouble.message())));
    }
    conflicts.forEach(conflict -> problems.addAll(problems(conflict)));
    return problems;
  }

  private static List<Problem> problems(Conflict conflict) {
    String message = "fanout %s claims it too, and keeps it".formatted(conflict.winner());
    return conflict.nodes().stream()
        .map(node -> new Problem(node.toString(), ProblemReason.CONFLICT, message))
        .toList();
  }
}
