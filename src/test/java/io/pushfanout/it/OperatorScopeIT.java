package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.pushfanout.discovery.EtcdServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which resources a replica serves, and what becomes of nodes that several of them claim. */
class OperatorScopeIT {
  private static final int RATE = 200;

  @Test
  void twoResourcesThatClaimOneNodeFollowTheRuleAndAMessageNeverFallsBetween() throws Exception {
    try (EtcdServer etcd = EtcdServer.started();
        Cluster cluster = Cluster.installed();
        PeerNodes nodes = PeerNodes.start(2)) {
      etcd.put("/services/shared/" + nodes.address(0), nodes.address(0));
      cluster.apply(etcdFanout(cluster, "older", "shared", 4));
      try (ServeProcess serve = cluster.replica("a", etcd)) {
        awaitReady(cluster, "older", "Ready");
        // The clock of creation times ticks once a second.
        await().pollDelay(Duration.ofMillis(1100)).until(() -> true);
        cluster.apply(
            """
            apiVersion: pushfanout.io/v1alpha1
            kind: PushFanout
            metadata: {name: a-newer, namespace: %s}
            spec: {discovery: {static: {nodes: ["%s", "%s"]}}}
            """
                .formatted(cluster.namespace(), nodes.address(0), nodes.address(1)));

        Condition conflicted = awaitCondition(cluster, "a-newer", "Conflicted", "True");
        assertThat(conflicted.getMessage())
            .contains(cluster.namespace() + "/older")
            .contains(nodes.address(0));
        awaitReady(cluster, "a-newer", "Ready");
        assertThat(cluster.get("a-newer").getStatus().nodes()).isEqualTo(1);
        assertThat(cluster.condition("older", "Conflicted").getStatus()).isEqualTo("False");

        try (PeerCalls.Running calls =
            PeerCalls.to(serve)
                .metadata("pushfanout-target", "all")
                .perSecond(RATE)
                .lasting(Duration.ofMinutes(1))
                .start()) {
          nodes.awaitReceived(0, RATE);
          int before = nodes.received(0);
          long enqueued = serve.node(nodes.address(0)).enqueued();
          cluster.delete("older");
          awaitCondition(cluster, "a-newer", "Conflicted", "False");
          nodes.awaitReceived(0, before + RATE);
          List<Reply> replies = calls.stop().replies();
          serve.awaitIdle();
          assertThat(serve.node(nodes.address(0)).enqueued())
              .as("the same client goes on")
              .isGreaterThan(enqueued);
          new History(replies, nodes)
              .loadFlowed(nodes.address(0), before, RATE)
              .delivered(History.Times.ONCE);
        }

        cluster.delete("a-newer");
        await().atMost(Duration.ofSeconds(5)).until(() -> serve.nodes().isEmpty());
        assertThat(PeerCalls.to(serve).sendOne().code()).isEqualTo("3");
        assertThat(serve.stderr()).doesNotContain("forbidden");
      }
    }
  }

  @Test
  void aServiceWithoutNodesIsReadyAndSaysSo() throws Exception {
    try (EtcdServer etcd = EtcdServer.started();
        Cluster cluster = Cluster.installed()) {
      cluster.apply(etcdFanout(cluster, "empty", "nobody", 4));
      try (ServeProcess _ = cluster.replica("a", etcd)) {
        awaitReady(cluster, "empty", "NoNodes");
      }
    }
  }

  @Test
  void onlyResourcesOfItsNamespacesAndLabelsAreServed() throws Exception {
    try (EtcdServer etcd = EtcdServer.started();
        Cluster cluster = Cluster.installed();
        Cluster other = cluster.otherNamespace()) {
      cluster.apply(etcdFanout(cluster, "here", "x", 4));
      cluster.apply(etcdFanout(cluster, "gold", "y", 4).replace("{name", "{labels: {tier: gold}, name"));
      other.apply(etcdFanout(other, "there", "z", 4));
      try (ServeProcess named = cluster.replica("named", etcd, "--namespace=" + cluster.namespace())) {
        await().until(() -> fanouts(named), names -> names.size() == 2);
        assertThat(fanouts(named))
            .containsExactly(cluster.namespace() + "/gold", cluster.namespace() + "/here");
      }
      try (ServeProcess labelled = cluster.replica("labelled", etcd, "--selector=tier=gold")) {
        await().until(() -> fanouts(labelled), names -> names.size() == 1);
        assertThat(fanouts(labelled)).containsExactly(cluster.namespace() + "/gold");
        cluster.label("gold", "tier", "silver");
        await().atMost(Duration.ofSeconds(5)).until(() -> fanouts(labelled).isEmpty());
      }
    }
  }

  private static List<String> fanouts(ServeProcess serve) {
    return serve.fanouts().stream().map(FanoutStatus::name).toList();
  }

  private static String etcdFanout(Cluster cluster, String name, String service, int workers) {
    return """
    apiVersion: pushfanout.io/v1alpha1
    kind: PushFanout
    metadata: {name: %s, namespace: %s}
    spec: {discovery: {etcd: {serviceName: %s}}, workers: %d}
    """
        .formatted(name, cluster.namespace(), service, workers);
  }

  private static void awaitReady(Cluster cluster, String name, String reason) {
    Condition ready = awaitCondition(cluster, name, "Ready", "True");
    assertThat(ready.getReason()).isIn("NoNodes", reason);
    await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> cluster.condition(name, "Ready").getReason().equals(reason));
  }

  private static Condition awaitCondition(
      Cluster cluster, String name, String type, String status) {
    return await()
        .alias(type + " of " + name + " is " + status)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> cluster.condition(name, type), c -> status.equals(c.getStatus()));
  }
}
