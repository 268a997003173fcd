package io.pushfanout.it;

import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.discovery.EtcdRegistration;
import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.model.NodeAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A fanout of a server, and the etcd service of the same name where the fanout's nodes register.
 *
 * <p>Nodes of a later test may get the ports of earlier ones, so a close removes all registrations,
 * after the end of the nodes. Live nodes would be kept, because all registrations go at once.
 */
final class EtcdFanout implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration LOAD = Duration.ofSeconds(60);

  private final String name;
  private final EtcdServer etcd;
  private final ServeProcess serve;

  EtcdFanout(String name, EtcdServer etcd, ServeProcess serve) {
    this.name = name;
    this.etcd = etcd;
    this.serve = serve;
  }

  /**
   * The durations that differ between fanouts.
   *
   * @param removalGracePeriod the time for which nodes that are lost together are kept
   * @param drainTimeout the time for the queue of a removed node
   */
  record Times(String removalGracePeriod, String drainTimeout) {
    static final Times USUAL = new Times("30s", "5s");

    /** Durations for nodes that do not exist, because their queues cannot drain. */
    static final Times SHORT_DRAIN = new Times("30s", "500ms");
  }

  /** Writes a file with fanouts of these names. */
  static Path config(Path dir, Map<String, Times> fanouts) {
    StringBuilder file = new StringBuilder();
    fanouts.forEach(
        (name, times) ->
            file.append(
                """
                ---
                apiVersion: pushfanout.io/v1alpha1
                kind: PushFanout
                metadata: {name: %s}
                spec:
                  discovery: {etcd: {serviceName: %s, removalGracePeriod: %s}}
                  queueSize: 20000
                  drainTimeout: %s
                """
                    .formatted(name, name, times.removalGracePeriod, times.drainTimeout)));
    try {
      return Files.writeString(dir.resolve("fanouts.yaml"), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- the fanout's nodes in etcd

  String key(String suffix) {
    return "/services/" + name + "/" + suffix;
  }

  void register(String address) {
    etcd.put(key(address), address);
  }

  /** Registers a node in the form of etcd's naming API for Go. */
  void registerByNamingApi(String address) {
    etcd.put(key(address), "{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":null}".formatted(address));
  }

  /** Registers a node under a lease, as a connect-node does, until the result is closed. */
  EtcdRegistration keepRegistered(String address, List<String> endpoints, Duration ttl) {
    EtcdRegistration registration =
        new EtcdRegistration(EtcdOptions.parse(endpoints), name, NodeAddress.parse(address), ttl);
    registration.start();
    return registration;
  }

  void deregister(String address) {
    etcd.delete(key(address));
  }

  /** Registers the nodes, and waits until the server is connected with them and no others. */
  void connect(Collection<String> addresses) {
    connect(addresses, addresses);
  }

  /** Registers the fresh nodes beside those that are registered already, and waits for all. */
  void connect(Collection<String> fresh, Collection<String> all) {
    fresh.forEach(this::register);
    awaitConnected(all);
  }

  // ---- broadcasts to the fanout

  PeerCalls calls() {
    return PeerCalls.to(serve).metadata("pushfanout-target", "default/" + name);
  }

  PeerCalls.Running load(int perSecond) {
    return calls().perSecond(perSecond).lasting(LOAD).start();
  }

  // ---- the server's status of the fanout

  private FanoutStatus status() {
    return serve.fanout("default/" + name);
  }

  List<NodeStatus> nodes() {
    return status().nodes();
  }

  NodeStatus node(String address) {
    return nodes().stream().filter(n -> n.address().equals(address)).findFirst().orElseThrow();
  }

  /** Returns the nodes that broadcasts go to. */
  Set<String> members() {
    return nodes().stream()
        .filter(NodeStatus::isMember)
        .map(NodeStatus::address)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the nodes with a problem of this reason. */
  Set<String> problems(String reason) {
    return status().problems(reason).stream()
        .map(FanoutStatus.Problem::node)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns a gauge of the nodes' discovery, such as {@code synced}. */
  long discovery(String gauge) {
    return serve.metrics().sum("pushfanout_discovery_" + gauge, Map.of("service", name));
  }

  /** Returns the number of messages that the fanout's queues have accepted. */
  long enqueued() {
    return serve.metrics().sum("pushfanout_enqueued_total", Map.of("fanout", "default/" + name));
  }

  void awaitMembers(Collection<String> addresses) {
    Set<String> wanted = new TreeSet<>(addresses);
    until("the nodes are " + wanted, () -> members().equals(wanted));
  }

  /** Waits until these nodes are the members, and the server is connected with all of them. */
  void awaitConnected(Collection<String> addresses) {
    awaitMembers(addresses);
    until(
        "all are connected",
        () -> nodes().stream().filter(NodeStatus::isMember).allMatch(NodeStatus::isConnected));
  }

  /**
   * Waits until the server has these nodes and no others, retiring ones included. The other nodes
   * may end only then: until they end, no other node can get their ports and their messages.
   */
  void awaitOnly(Collection<String> addresses) {
    Set<String> wanted = Set.copyOf(addresses);
    until(
        "there are only " + wanted,
        () -> nodes().stream().map(NodeStatus::address).collect(Collectors.toSet()).equals(wanted));
  }

  /** Waits until the server has removed the node: its queue was drained or dropped. */
  void awaitGone(String address) {
    until(
        address + " is gone",
        () -> nodes().stream().noneMatch(node -> node.address().equals(address)));
  }

  void awaitNode(String address, String what, Predicate<NodeStatus> wanted) {
    until(address + " is " + what, () -> wanted.test(node(address)));
  }

  void awaitIdle() {
    until("all nodes are idle", () -> nodes().stream().allMatch(NodeStatus::isIdle));
  }

  /** Removes all registrations, and waits until the server has no node. */
  @Override
  public void close() {
    etcd.deleteAll(key(""));
    until("there is no node any more", () -> nodes().isEmpty());
  }

  private static void until(String what, Callable<Boolean> condition) {
    await().alias(what).atMost(LIMIT).pollInterval(Duration.ofMillis(10)).until(condition);
  }
}
