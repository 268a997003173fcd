package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.operator.resource.PushFanout;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Replicas that come and go, and Leases that others take. */
class OperatorReplicasIT {
  private static final int RATE = 200;

  /** Promised: the writer of the summaries may be the one that was killed. */
  private static final Duration GONE_WITHIN = Duration.ofSeconds(60);

  @Test
  void entriesFollowTheReplicasAndLosingTheElectionStopsNothing() throws Exception {
    try (EtcdServer etcd = EtcdServer.started();
        Cluster cluster = Cluster.installed();
        PeerNodes nodes = PeerNodes.start(2)) {
      nodes.addresses().forEach(node -> etcd.put("/services/replicas/" + node, node));
      cluster.apply(
          """
          apiVersion: pushfanout.io/v1alpha1
          kind: PushFanout
          metadata: {name: replicas, namespace: %s}
          spec: {discovery: {etcd: {serviceName: replicas}}}
          """
              .formatted(cluster.namespace()));
      ServeProcess first = cluster.replica("first", etcd);
      try (first;
          ServeProcess second = cluster.replica("second", etcd)) {
        awaitEntries(cluster, Set.of("first", "second"));
        awaitLeader(cluster, "first");
        second.awaitNodes("connected", NodeStatus::isConnected);
        try (PeerCalls.Running calls =
            PeerCalls.to(second).perSecond(RATE).lasting(Duration.ofMinutes(3)).start()) {
          nodes.awaitReceived(0, RATE);
          int before = nodes.received(0);

          leaseIsTakenAway(cluster);
          goneWithin(cluster, first);
          comesAndLeaves(cluster, etcd);

          List<Reply> replies = calls.stop().replies();
          second.awaitIdle();
          assertThat(replies).allMatch(Reply::isOk);
          new History(replies, nodes)
              .loadFlowed(nodes.address(0), before, RATE)
              .delivered(History.Times.ONCE);
          assertThat(second.stderr()).doesNotContain("forbidden");
        }
      }
      assertThat(first.stderr()).doesNotContain("forbidden");
    }
  }

  /** A stranger holds the Lease and does not renew it; edits and messages go on meanwhile. */
  private static void leaseIsTakenAway(Cluster cluster) {
    Lease lease = cluster.lease(Cluster.LEASE);
    cluster.replace(
        new LeaseBuilder(lease).editSpec().withHolderIdentity("stranger").endSpec().build());
    long generation = cluster.patch("replicas", "{\"spec\":{\"workers\":3}}");
    await()
        .atMost(Duration.ofSeconds(5))
        .until(
            () ->
                cluster.get("replicas").getStatus().entries().values().stream()
                    .allMatch(entry -> entry.observedGeneration() == generation));
    assertThat(cluster.lease(Cluster.LEASE).getSpec().getHolderIdentity()).isEqualTo("stranger");
    awaitCondition(cluster, "Programmed", generation, Duration.ofSeconds(25));
  }

  /** The killed one is, or was, the writer of the summaries. */
  private static void goneWithin(Cluster cluster, ServeProcess first) {
    long since = System.nanoTime();
    first.close();
    await()
        .atMost(GONE_WITHIN)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              Set<String> entries = cluster.get("replicas").getStatus().entries().keySet();
              assertThat(entries).as("the live one").contains("second");
              return entries.size() == 1;
            });
    System.out.printf(
        "OperatorReplicasIT: a killed replica's entry went within %d s%n",
        Duration.ofNanos(System.nanoTime() - since).toSeconds());
  }

  /** One that ends in order takes its entry with it, and nobody waits for it. */
  private static void comesAndLeaves(Cluster cluster, EtcdServer etcd) {
    try (ServeProcess third = cluster.replica("third", etcd)) {
      awaitEntries(cluster, Set.of("second", "third"));
      third.terminate();
      third.awaitExit(Duration.ofSeconds(20));
    }
    awaitEntries(cluster, Set.of("second"));
    assertThat(cluster.leases()).doesNotContain(Cluster.LEASE + "-third");
    long generation = cluster.patch("replicas", "{\"spec\":{\"workers\":4}}");
    awaitCondition(cluster, "Programmed", generation, Duration.ofSeconds(5));
  }

  private static void awaitEntries(Cluster cluster, Set<String> replicas) {
    await()
        .alias("entries of " + replicas)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              PushFanout resource = cluster.get("replicas");
              return resource.getStatus() != null
                  && resource.getStatus().entries().keySet().equals(replicas);
            });
  }

  private static void awaitLeader(Cluster cluster, String replica) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.lease(Cluster.LEASE).getSpec().getHolderIdentity().equals(replica));
  }

  private static void awaitCondition(
      Cluster cluster, String type, long generation, Duration atMost) {
    await()
        .alias(type + " of generation " + generation)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              Condition condition = cluster.condition("replicas", type);
              return condition.getStatus().equals("True")
                  && condition.getObservedGeneration() == generation;
            });
  }
}
