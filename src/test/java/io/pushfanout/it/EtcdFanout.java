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
 * A fanout of a server, and the service in etcd where its nodes register; both have one name.
 *
 * <p>Nodes of a later test may get the ports of earlier ones, so all of its registrations go with
 * it, once its nodes have ended. (As long as they live they would be kept, for all go at once.)
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
   * What differs between fanouts.
   *
   * @param removalGracePeriod how long nodes that are lost together are kept
   * @param drainTimeout how long a queue may take when its node is none any more
   */
  record Times(String removalGracePeriod, String drainTimeout) {
    static final Times USUAL = new Times("30s", "5s");

    /** For nodes that are not there: their queues need not be waited for. */
    static final Times SHORT_DRAIN = new Times("30s", "500ms");
  }

  /** A file with fanouts of these names. */
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

  // ---- its nodes in etcd

  String key(String suffix) {
    return "/services/" + name + "/" + suffix;
  }

  void register(String address) {
    etcd.put(key(address), address);
  }

  /** As etcd's naming API for Go does. */
  void registerByNamingApi(String address) {
    etcd.put(key(address), "{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":null}".formatted(address));
  }

  /** Registers it as a connect-node does, under a lease, for as long as the result is open. */
  EtcdRegistration keepRegistered(String address, List<String> endpoints, Duration ttl) {
    EtcdRegistration registration =
        new EtcdRegistration(EtcdOptions.parse(endpoints), name, NodeAddress.parse(address), ttl);
    registration.start();
    return registration;
  }

  void deregister(String address) {
    etcd.delete(key(address));
  }

  /** Registers them and waits until the server is connected with them and no others. */
  void connect(Collection<String> addresses) {
    connect(addresses, addresses);
  }

  /** The same, where others are registered already. */
  void connect(Collection<String> fresh, Collection<String> all) {
    fresh.forEach(this::register);
    awaitConnected(all);
  }

  // ---- broadcasts to it

  PeerCalls calls() {
    return PeerCalls.to(serve).metadata("pushfanout-target", "default/" + name);
  }

  PeerCalls.Running load(int perSecond) {
    return calls().perSecond(perSecond).lasting(LOAD).start();
  }

  // ---- what the server says of it

  private FanoutStatus status() {
    return serve.fanout("default/" + name);
  }

  List<NodeStatus> nodes() {
    return status().nodes();
  }

  NodeStatus node(String address) {
    return nodes().stream().filter(n -> n.address().equals(address)).findFirst().orElseThrow();
  }

  /** The nodes that broadcasts go to. */
  Set<String> members() {
    return nodes().stream()
        .filter(NodeStatus::isMember)
        .map(NodeStatus::address)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What is said to have a problem, by its reason. */
  Set<String> problems(String reason) {
    return status().problems(reason).stream()
        .map(FanoutStatus.Problem::node)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A gauge of the discovery of its nodes, such as {@code synced}. */
  long discovery(String gauge) {
    return serve.metrics().sum("pushfanout_discovery_" + gauge, Map.of("service", name));
  }

  /** Messages that its queues have taken. */
  long enqueued() {
    return serve.metrics().sum("pushfanout_enqueued_total", Map.of("fanout", "default/" + name));
  }

  void awaitMembers(Collection<String> addresses) {
    Set<String> wanted = new TreeSet<>(addresses);
    until("the nodes are " + wanted, () -> members().equals(wanted));
  }

  /** The same, and the server is connected with all of them. */
  void awaitConnected(Collection<String> addresses) {
    awaitMembers(addresses);
    until(
        "all are connected",
        () -> nodes().stream().filter(NodeStatus::isMember).allMatch(NodeStatus::isConnected));
  }

  /**
   * Waits until the server knows of these nodes and no others, retiring ones included. Only then
   * may the others end: while they live nobody else gets their ports, and what was for them.
   */
  void awaitOnly(Collection<String> addresses) {
    Set<String> wanted = Set.copyOf(addresses);
    until(
        "there are only " + wanted,
        () -> nodes().stream().map(NodeStatus::address).collect(Collectors.toSet()).equals(wanted));
  }

  /** Waits until nothing is known of the node any more: its queue was worked off, or given up. */
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

  /** Takes all registrations away, and waits until the server knows of no node any more. */
  @Override
  public void close() {
    etcd.deleteAll(key(""));
    until("there is no node any more", () -> nodes().isEmpty());
  }

  private static void until(String what, Callable<Boolean> condition) {
    await().alias(what).atMost(LIMIT).pollInterval(Duration.ofMillis(10)).until(condition);
  }
}
