package io.pushfanout.fanout;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts the clients' snapshots together by fanout. */
final class Snapshots {
  private Snapshots() {}

  static List<FanoutSnapshot> of(Routes routes, Collection<BroadcastClient> clients) {
    SortedMap<FanoutName, List<NodeSnapshot>> nodes = new TreeMap<>();
    routes.byFanout().keySet().forEach(name -> nodes.put(name, new ArrayList<>()));
    clients.stream()
        .map(BroadcastClient::snapshot)
        .sorted(Comparator.comparing(NodeSnapshot::address))
        .forEach(node -> nodes.computeIfAbsent(node.fanout(), _ -> new ArrayList<>()).add(node));
    List<FanoutSnapshot> fanouts = new ArrayList<>();
    nodes.forEach((name, list) -> fanouts.add(fanout(name, routes.byFanout().get(name), list)));
    return fanouts;
  }

  private static FanoutSnapshot fanout(
      FanoutName name, Routes.@Nullable Route route, List<NodeSnapshot> nodes) {
    return route == null
        ? new FanoutSnapshot(
            name, 0, nodes.getFirst().settings(), nodes, problems(List.of(), nodes))
        : new FanoutSnapshot(
            name, route.generation(), route.settings(), nodes, problems(route.problems(), nodes));
  }

  private static List<Problem> problems(List<Problem> ofSource, List<NodeSnapshot> nodes) {
    List<Problem> problems = new ArrayList<>(ofSource);
    nodes.stream()
        .filter(node -> node.state() == NodeState.UNREACHABLE)
        .map(node -> new Problem(node.address().toString(), "Unreachable", node.detail()))
        .forEach(problems::add);
    nodes.stream()
        .filter(node -> node.state() == NodeState.SLOW)
        .map(
            node ->
                new Problem(
                    node.address().toString(),
                    "Slow",
                    "%d messages wait in its queue".formatted(node.ledger().queued())))
        .forEach(problems::add);
    return problems;
  }
}
