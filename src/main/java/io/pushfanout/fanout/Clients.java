package io.pushfanout.fanout;

import io.pushfanout.concurrent.Attempts;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.RunningNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The clients that run, by node. Changed on the applier's thread only; any may read. */
final class Clients {
  private final Map<NodeAddress, BroadcastClient> byNode = new ConcurrentHashMap<>();

  void add(BroadcastClient client) {
    byNode.put(client.address(), client);
  }

  /** A new one may have taken its place already, which stays. */
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

  /** Of each connected node, since when, on the engine's clock. */
  Map<NodeAddress, Long> connectedSince() {
    Map<NodeAddress, Long> since = new HashMap<>();
    byNode.forEach(
        (node, client) -> client.connectedSince().ifPresent(nanos -> since.put(node, nanos)));
    return since;
  }

  /** Whoever of these waits to dial again waits no longer. */
  void reconnect(Set<NodeAddress> nodes) {
    // By address: the order of a set is another in each process, and a simulation repeats.
    nodes.stream()
        .sorted()
        .map(byNode::get)
        .filter(Objects::nonNull)
        .forEach(BroadcastClient::reconnectNow);
  }

  /** Each, whatever becomes of the others. */
  void tick() {
    Attempts each = new Attempts();
    byNode.values().forEach(client -> each.attempt(client::tick));
    each.end();
  }

  /** What closing all of them would throw away now. */
  DrainResult leftNow() {
    return byNode.values().stream()
        .map(BroadcastClient::leftNow)
        .reduce(DrainResult.NOTHING, DrainResult::plus);
  }
}
