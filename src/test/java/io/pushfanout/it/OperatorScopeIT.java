package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.kube.Cluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The resources that a replica serves, and the nodes that several of them claim. */
@ResourceLock(Cluster.LOCK)
class OperatorScopeIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  private static final int RATE = 200;

  @Test
  void twoResourcesThatClaimOneNodeFollowTheRuleAndAMessageNeverFallsBetween() throws Exception {
    Installation installed = Installation.in(cluster);
    try (EtcdServer etcd = EtcdServer.started();
        PeerNodes nodes = PeerNodes.start(2)) {
      etcd.put("/services/shared/" + nodes.address(0), nodes.address(0));
      installed.applyFanout("older", etcd("shared"));
      try (ServeProcess serve = installed.replica("a", etcd)) {
        awaitReady(installed, "older", "Ready");
        // The clock of creation times ticks once a second.
        await().pollDelay(Duration.ofMillis(1100)).until(() -> true);
        installed.applyFanout(
            "a-newer",
            "{discovery: {static: {nodes: [\"%s\", \"%s\"]}}}"
                .formatted(nodes.address(0), nodes.address(1)));

        Condition conflicted = awaitCondition(installed, "a-newer", "Conflicted", "True");
        assertThat(conflicted.getMessage())
            .contains(installed.namespace() + "/older")
            .contains(nodes.address(0));
        awaitReady(installed, "a-newer", "Ready");
        assertThat(installed.get("a-newer").getStatus().nodes()).isEqualTo(1);
        assertThat(installed.condition("older", "Conflicted").getStatus()).isEqualTo("False");

        try (PeerCalls.Running calls =
            PeerCalls.to(serve)
                .metadata("pushfanout-target", "all")
                .perSecond(RATE)
                .lasting(Duration.ofMinutes(1))
                .start()) {
          nodes.awaitReceived(0, RATE);
          int before = nodes.received(0);
          long enqueued = serve.node(nodes.address(0)).enqueued();
          installed.delete("older");
          awaitCondition(installed, "a-newer", "Conflicted", "False");
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

        installed.delete("a-newer");
        await().atMost(Duration.ofSeconds(5)).until(() -> serve.nodes().isEmpty());
        assertThat(PeerCalls.to(serve).sendOne().code()).isEqualTo("3");
        assertThat(serve.stderr()).doesNotContain("forbidden");
      }
    }
  }

  @Test
  void aServiceWithoutNodesIsReadyWithReasonNoNodes() throws Exception {
    Installation installed = Installation.in(cluster);
    try (EtcdServer etcd = EtcdServer.started()) {
      installed.applyFanout("empty", etcd("nobody"));
      try (ServeProcess _ = installed.replica("a", etcd)) {
        awaitReady(installed, "empty", "NoNodes");
      }
    }
  }

  @Test
  void onlyResourcesOfItsNamespacesAndLabelsAreServed() throws Exception {
    Installation installed = Installation.in(cluster);
    Installation other = installed.elsewhere();
    try (EtcdServer etcd = EtcdServer.started()) {
      installed.applyFanout("here", etcd("lobby"));
      installed.applyFanout("gold", etcd("chat"));
      installed.label("gold", "tier", "gold");
      other.applyFanout("there", etcd("games"));
      try (ServeProcess named =
          installed.replica("named", etcd, "--namespace=" + installed.namespace())) {
        await().until(() -> fanouts(named), names -> names.size() == 2);
        assertThat(fanouts(named))
            .containsExactly(installed.namespace() + "/gold", installed.namespace() + "/here");
      }
      try (ServeProcess labelled = installed.replica("labelled", etcd, "--selector=tier=gold")) {
        await().until(() -> fanouts(labelled), names -> names.size() == 1);
        assertThat(fanouts(labelled)).containsExactly(installed.namespace() + "/gold");
        installed.label("gold", "tier", "silver");
        await().atMost(Duration.ofSeconds(5)).until(() -> fanouts(labelled).isEmpty());
      }
    }
  }

  private static List<String> fanouts(ServeProcess serve) {
    return serve.fanouts().stream().map(FanoutStatus::name).toList();
  }

  private static String etcd(String service) {
    return "{discovery: {etcd: {serviceName: %s}}, workers: 4}".formatted(service);
  }

  private static void awaitReady(Installation installed, String name, String reason) {
    Condition ready = awaitCondition(installed, name, "Ready", "True");
    assertThat(ready.getReason()).isIn("NoNodes", reason);
    await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> installed.condition(name, "Ready").getReason().equals(reason));
  }

  private static Condition awaitCondition(
      Installation installed, String name, String type, String status) {
    return await()
        .alias(type + " of " + name + " is " + status)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> installed.condition(name, type), c -> status.equals(c.getStatus()));
  }
}
