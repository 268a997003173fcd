package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.pushfanout.kube.Cluster;
import io.pushfanout.kube.Endpoints;
import io.pushfanout.kube.PodNetwork;
import io.pushfanout.model.NodeAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Nodes by EndpointSlices of a real API server, for a server with files and without an etcd. All
 * tests share the server, which has an account with the one right that it needs.
 */
@ResourceLock(Cluster.SECOND)
class EndpointSlicesIT {
  @RegisterExtension static final Cluster cluster = Cluster.second();

  private static final int RATE = 200;
  private static final int PODS = 50;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static String allowed;
  private static String forbidden;
  private static PodNetwork network;
  private static ServeProcess serve;

  @BeforeAll
  static void startServer(@TempDir Path dir) throws Exception {
    allowed = cluster.createNamespace();
    forbidden = cluster.createNamespace();
    cluster.createServiceAccount(allowed, "pushfanout");
    grant(allowed);
    network = new PodNetwork(cluster.server());
    StringBuilder files = new StringBuilder();
    for (String name : List.of("pods", "away", "unready", "ports")) {
      files.append(fanout(allowed, name));
    }
    files.append(fanout(forbidden, "secret"));
    Path config = Files.writeString(dir.resolve("fanouts.yaml"), files);
    Path kubeconfig = network.way(cluster.serviceAccount(allowed, "pushfanout")).writeTo(dir);
    serve =
        ServeProcess.ready(
            ServeProcess.launch(
                Map.of("KUBECONFIG", kubeconfig.toString()),
                List.of("serve", "--grpc-port=0", "--http-port=0", "--config=" + config)));
  }

  @AfterAll
  static void stopAll() {
    serve.close();
    network.close();
  }

  private static String fanout(String namespace, String name) {
    return """
    ---
    apiVersion: pushfanout.io/v1alpha1
    kind: PushFanout
    metadata: {namespace: %s, name: %s}
    spec: {discovery: {endpointSlices: {serviceName: %2$s}}}
    """
        .formatted(namespace, name);
  }

  private static void grant(String namespace) {
    cluster
        .client()
        .resource(
            new RoleBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("slices")
                .endMetadata()
                .withRules(
                    new PolicyRuleBuilder()
                        .withApiGroups("discovery.k8s.io")
                        .withResources("endpointslices")
                        .withVerbs("list", "watch")
                        .build())
                .build())
        .create();
    cluster
        .client()
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("slices")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", "slices")
                .addNewSubject("", "ServiceAccount", "pushfanout", allowed)
                .build())
        .create();
  }

  /** Writes the slice of a pod, whose node listens at an address of loopback. */
  private static void write(String service, String node, EndpointConditions conditions) {
    write(allowed, service, node, "grpc", conditions);
  }

  private static void write(
      String namespace, String service, String node, String port, EndpointConditions conditions) {
    NodeAddress address = NodeAddress.parse(node);
    cluster
        .client()
        .resource(
            Endpoints.slice(
                namespace,
                service,
                service + "-" + address.port(),
                List.of(Endpoints.port(port, address.port())),
                Endpoints.endpoint(PodNetwork.pod(address.host()), conditions)))
        .createOr(slice -> slice.update());
  }

  private static FanoutStatus status(String service) {
    return serve.fanout(allowed + "/" + service);
  }

  private static Set<String> members(String service) {
    return status(service).nodes().stream()
        .filter(NodeStatus::isMember)
        .map(NodeStatus::address)
        .collect(Collectors.toSet());
  }

  private static void awaitConnected(String service, List<String> nodes) {
    until(
        service + " has " + nodes,
        () ->
            members(service).equals(Set.copyOf(nodes))
                && status(service).nodes().stream().allMatch(NodeStatus::isConnected));
  }

  private static void until(String what, Callable<Boolean> condition) {
    await().alias(what).atMost(LIMIT).pollInterval(Duration.ofMillis(10)).until(condition);
  }

  private static PeerCalls.Running load(String service) {
    return PeerCalls.to(serve)
        .metadata("pushfanout-target", allowed + "/" + service)
        .perSecond(RATE)
        .lasting(Duration.ofSeconds(60))
        .start();
  }

  @Test
  void aPodGetsMessagesOnceItIsReadyAndIsDrainedOnceItTerminates() {
    try (PeerNodes nodes = PeerNodes.start(PODS + 1)) {
      write("pods", nodes.address(0), Endpoints.READY);
      awaitConnected("pods", List.of(nodes.address(0)));
      try (PeerCalls.Running calls = load("pods")) {
        nodes.awaitReceived(0, RATE / 2);
        List<Instant> ready = new ArrayList<>();
        for (int i = 1; i <= PODS; i++) {
          ready.add(Instant.now());
          write("pods", nodes.address(i), Endpoints.READY);
        }
        for (int i = 1; i <= PODS; i++) {
          nodes.awaitReceived(i, 1);
        }
        Map<String, Instant> terminating = new HashMap<>();
        List<Long> drained = new ArrayList<>();
        for (int i = 1; i <= PODS; i++) {
          terminating.put(nodes.address(i), Instant.now());
          write("pods", nodes.address(i), Endpoints.TERMINATING);
          noteGone(terminating, drained);
        }
        until(
            "all have drained",
            () -> {
              noteGone(terminating, drained);
              return terminating.isEmpty();
            });
        int before = nodes.received(0);
        nodes.awaitReceived(0, before + RATE / 2);

        List<Reply> replies = calls.stop().replies();
        serve.awaitIdle();
        List<Long> first = new ArrayList<>();
        long received = 0;
        for (int i = 0; i <= PODS; i++) {
          received += nodes.received(i);
          if (i > 0) {
            first.add(Duration.between(ready.get(i - 1), nodes.record(i).firstAt()).toMillis());
          }
        }
        print("ready to first message", first);
        print("terminating to drained", drained);
        assertThat(replies).allMatch(Reply::isOk);
        assertThat(received)
            .as("each accepted message has arrived once")
            .isEqualTo(replies.stream().mapToLong(Reply::accepted).sum());
        assertThat(status("pods").problems("RemovalPaused")).isEmpty();
        assertThat(first.getLast()).isLessThanOrEqualTo(5000);
        assertThat(drained.getLast()).isLessThanOrEqualTo(5000);
      }
    }
  }

  /** Moves the pods that the server has no more to the times that they took. */
  private static void noteGone(Map<String, Instant> terminating, List<Long> drained) {
    Set<String> left =
        status("pods").nodes().stream().map(NodeStatus::address).collect(Collectors.toSet());
    Instant now = Instant.now();
    terminating
        .entrySet()
        .removeIf(
            pod -> {
              boolean gone = !left.contains(pod.getKey());
              if (gone) {
                drained.add(Duration.between(pod.getValue(), now).toMillis());
              }
              return gone;
            });
  }

  private static void print(String what, List<Long> millis) {
    millis.sort(Long::compare);
    System.out.printf(
        "EndpointSlicesIT: %d pods, %s: median %d ms, max %d ms; 1000 ms promised on a quiet"
            + " machine: %s%n",
        millis.size(),
        what,
        millis.get(millis.size() / 2),
        millis.getLast(),
        millis.getLast() <= 1000 ? "met" : "not met here");
  }

  @Test
  void deliveriesGoOnWithoutTheApiServerAndItsReturnBringsTheChanges() {
    try (PeerNodes nodes = PeerNodes.start(3)) {
      List<String> two = nodes.addresses().subList(0, 2);
      two.forEach(node -> write("away", node, Endpoints.READY));
      awaitConnected("away", two);

      cluster.server().kill();
      until("it is degraded", () -> !status("away").problems("DiscoveryDegraded").isEmpty());
      Reply reply = PeerCalls.to(serve).metadata("pushfanout-target", allowed + "/away").sendOne();
      assertThat(reply.accepted()).isEqualTo(2);
      nodes.awaitReceived(0, 1);
      assertThat(serve.readyCode()).isEqualTo(200);

      cluster.server().start();
      write("away", nodes.address(2), Endpoints.READY);
      awaitConnected("away", nodes.addresses());
      until("it is not degraded", () -> status("away").problems("DiscoveryDegraded").isEmpty());
      assertThat(serve.stderr()).doesNotContain("\tat ", " ERROR ");
    }
  }

  @Test
  void mostPodsThatAreNotReadyStayWhileTheirConnectionsWorkAndOneThatTerminatesGoes() {
    try (PeerNodes nodes = PeerNodes.start(4)) {
      nodes.addresses().forEach(node -> write("unready", node, Endpoints.READY));
      awaitConnected("unready", nodes.addresses());

      nodes.addresses().subList(1, 4).forEach(node -> write("unready", node, Endpoints.NOT_READY));
      until("they are kept", () -> status("unready").problems("RemovalPaused").size() == 3);
      assertThat(members("unready")).containsExactlyInAnyOrderElementsOf(nodes.addresses());

      write("unready", nodes.address(3), Endpoints.TERMINATING);
      awaitConnected("unready", nodes.addresses().subList(0, 3));
    }
  }

  @Test
  void aSliceWithoutThePortIsAProblemByItsName() {
    write(allowed, "ports", "127.0.0.1:4711", "http", Endpoints.READY);

    until("it is reported", () -> !status("ports").problems("NoPort").isEmpty());

    FanoutStatus.Problem problem = status("ports").problems("NoPort").getFirst();
    assertThat(problem.node()).isEqualTo(allowed + "/ports-4711");
    assertThat(problem.message())
        .isEqualTo("the slice has no TCP port named grpc, but 4711 (http)");
    assertThat(members("ports")).isEmpty();
  }

  @Test
  void aMissingRightIsAProblemHoldsUpNoOtherAndCanBeGranted() {
    assertThat(serve.readyCode()).isEqualTo(200);
    until(
        "it is refused",
        () -> !serve.fanout(forbidden + "/secret").problems("DiscoveryRefused").isEmpty());
    assertThat(
            serve.fanout(forbidden + "/secret").problems("DiscoveryRefused").getFirst().message())
        .contains(
            "the endpoints of Service " + forbidden + "/secret cannot be read",
            "endpointslices.discovery.k8s.io is forbidden",
            "system:serviceaccount:" + allowed + ":pushfanout");
    assertThat(
            PeerCalls.to(serve)
                .metadata("pushfanout-target", forbidden + "/secret")
                .sendOne()
                .status())
        .isEqualTo("UNAVAILABLE");

    try (PeerNodes nodes = PeerNodes.start(1)) {
      write(forbidden, "secret", nodes.address(0), "grpc", Endpoints.READY);
      grant(forbidden);
      until(
          "the node is found",
          () ->
              serve.fanout(forbidden + "/secret").nodes().stream()
                  .anyMatch(NodeStatus::isConnected));
      assertThat(serve.fanout(forbidden + "/secret").problems("DiscoveryRefused")).isEmpty();
    }
  }
}
