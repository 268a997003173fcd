package io.pushfanout.fanout;

import io.pushfanout.concurrent.Attempts;
import io.pushfanout.fanout.FanoutEngine.DrainResult;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Planner.RunningNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The running clients, by node. Changed on the applier's thread only; any thread may read. */
final class Clients {
  private final Map<NodeAddress, BroadcastClient> byNode = new ConcurrentHashMap<>();

  void add(BroadcastClient client) {
    byNode.put(client.address(), client);
  }

  /** Removes a client, unless a new one has taken its place already. */
  void remove(BroadcastClient client) {
    byNode.remove(client.address(), client);
  }

  BroadcastClient get(NodeAddress node) {
    BroadcastClient client = byNode.get(node);
    if (client == null) {
      throw new IllegalStateException("the plan is for a node that does not run: " + node);
    }
    return client;
  }

  Collection<BroadcastClient> all() {
    return byNode.values();
  }

  boolean isEmpty() {
    return byNode.isEmpty();
  }

  Map<NodeAddress, RunningNode> running() {
    Map<NodeAddress, RunningNode> running = new HashMap<>();
    byNode.forEach((node, client) -> running.put(node, client.running()));
    return running;
  }

  /** Returns the time since which each connected node is connected, on the engine's clock. */
  Map<NodeAddress, Long> connectedSince() {
    Map<NodeAddress, Long> since = new HashMap<>();
    byNode.forEach(
        (node, client) -> client.connectedSince().ifPresent(nanos -> since.put(node, nanos)));
    return since;
  }

  /** Reconnects these nodes now, without their remaining backoff. */
  void reconnect(Set<NodeAddress> nodes) {
    // Sorted: the order of a set differs between processes, and a simulation must repeat.
    nodes.stream()
        .sorted()
        .map(byNode::get)
        .filter(Objects::nonNull)
        .forEach(BroadcastClient::reconnectNow);
  }

  /** Runs the tick of each client, also when that of another fails. */
  void tick() {
    Attempts each = new Attempts();
    byNode.values().forEach(client -> each.attempt(client::tick));
    each.end();
  }

  /** Returns the messages that closing all clients would throw away now. */
  DrainResult leftNow() {
    return byNode.values().stream()
        .map(BroadcastClient::leftNow)
        .reduce(DrainResult.NOTHING, DrainResult::plus);
  }
}
