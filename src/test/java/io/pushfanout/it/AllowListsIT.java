package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.kube.Cluster;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Allow-lists and ceilings, by which the operator limits the resources of each tenant. */
@ResourceLock(Cluster.SECOND)
class AllowListsIT {
  @RegisterExtension static final Cluster cluster = Cluster.second();

  @Test
  void aResourceThatIsNotAllowedIsNotAcceptedAndItsNodesAreNotDialled() {
    Installation installed = Installation.in(cluster);
    String namespace = installed.namespace();
    try (EtcdServer etcd = EtcdServer.started();
        PeerNodes nodes = PeerNodes.start(3)) {
      etcd.put("/services/mine/" + nodes.address(0), nodes.address(0));
      etcd.put("/services/yours/" + nodes.address(1), nodes.address(1));
      installed.applyFanout("mine", "{discovery: {etcd: {serviceName: mine}}}");
      installed.applyFanout("yours", "{discovery: {etcd: {serviceName: yours}}}");
      installed.applyFanout(
          "fixed", "{discovery: {static: {nodes: [\"%s\"]}}}".formatted(nodes.address(2)));
      installed.applyFanout(
          "veiled", "{discovery: {etcd: {serviceName: mine}}, tls: {profile: internal}}");
      try (ServeProcess serve =
          installed.replica(
              "a",
              etcd,
              "--allow-static=%s=10.0.0.0/8".formatted(namespace),
              "--allow-service=%s=mi*,other=yours".formatted(namespace),
              "--allow-tls=other=internal")) {
        assertThat(condition(installed, "mine", "True").getReason()).isEqualTo("Valid");
        assertThat(condition(installed, "yours", "False"))
            .returns("NotAllowed", Condition::getReason)
            .extracting(Condition::getMessage)
            .asString()
            .contains(
                "spec.discovery.etcd.serviceName", "--allow-service %s=yours".formatted(namespace));
        assertThat(condition(installed, "fixed", "False"))
            .returns("NotAllowed", Condition::getReason)
            .extracting(Condition::getMessage)
            .asString()
            .contains(
                "spec.discovery.static.nodes", nodes.address(2), "10.0.0.0/8", "--allow-static");
        assertThat(condition(installed, "veiled", "False"))
            .returns("NotAllowed", Condition::getReason)
            .extracting(Condition::getMessage)
            .asString()
            .contains("spec.tls.profile", "--allow-tls %s=internal".formatted(namespace));
        assertThat(installed.condition("fixed", "Ready").getStatus()).isEqualTo("False");
        serve.awaitNodes("connected", NodeStatus::isConnected);
        assertThat(serve.nodes()).extracting(NodeStatus::address).containsExactly(nodes.address(0));
        assertThat(PeerCalls.to(serve).sendOne().outcome()).isEqualTo("OK 1/1");
      }
    }
  }

  @Test
  void aSpecAboveACeilingIsNotTakenAndADeletedResourceMakesRoomForTheNext() {
    Installation installed = Installation.in(cluster);
    String namespace = installed.namespace();
    try (EtcdServer etcd = EtcdServer.started();
        PeerNodes nodes = PeerNodes.start(3)) {
      for (int i = 0; i < 3; i++) {
        etcd.put("/services/s" + i + "/" + nodes.address(i), nodes.address(i));
      }
      installed.applyFanout("a", spec("s0", 50));
      try (ServeProcess serve =
          installed.replica(
              "a",
              etcd,
              "--ceiling=workers=1,%s:workers=50,%s:resources=2".formatted(namespace, namespace))) {
        installed.applyFanout("b", spec("s1", 51));
        assertThat(condition(installed, "a", "True").getReason()).isEqualTo("Valid");
        assertThat(condition(installed, "b", "False"))
            .returns("OverCeiling", Condition::getReason)
            .extracting(Condition::getMessage)
            .asString()
            .contains("spec.workers: 51", "50", "--ceiling %s:workers=51".formatted(namespace));
        installed.applyFanout("b", spec("s1", 49));
        condition(installed, "b", "True");
        installed.applyFanout("b", spec("s1", 60));
        condition(installed, "b", "False");
        assertThat(serve.fanout(namespace + "/b").settings().getInteger("workers")).isEqualTo(49);

        // The last resource by name among those of the same age.
        installed.applyFanout("c", spec("s2", 5));
        assertThat(condition(installed, "c", "False"))
            .returns("OverCeiling", Condition::getReason)
            .extracting(Condition::getMessage)
            .asString()
            .contains("resources of namespace " + namespace, "ceiling of 2");
        assertThat(serve.nodes()).hasSize(2);
        long deleted = System.nanoTime();
        installed.delete("a");
        await()
            .alias("a node of the next resource")
            .atMost(Duration.ofSeconds(10))
            .pollInterval(Duration.ofMillis(20))
            .until(() -> serve.fanouts().stream().anyMatch(f -> f.name().equals(namespace + "/c")));
        System.err.printf(
            "the next resource had its place after %d ms%n",
            (System.nanoTime() - deleted) / 1_000_000);
        condition(installed, "c", "True");
      }
    }
  }

  private static String spec(String service, int workers) {
    return "{discovery: {etcd: {serviceName: %s}}, workers: %d}".formatted(service, workers);
  }

  private static Condition condition(Installation installed, String name, String status) {
    return await()
        .alias("Accepted of " + name)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> installed.condition(name, "Accepted"), c -> status.equals(c.getStatus()));
  }
}
