package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.kube.Cluster;
import io.pushfanout.operator.resource.PushFanout;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Replicas that come and go, and Leases that another holder takes. */
@ResourceLock(Cluster.LOCK)
class OperatorReplicasIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  private static final int RATE = 200;

  /** The promised limit: the killed replica may have been the writer of the summaries. */
  private static final Duration GONE_WITHIN = Duration.ofSeconds(60);

  @Test
  void entriesFollowTheReplicasAndLosingTheElectionStopsNothing() throws Exception {
    Installation installed = Installation.in(cluster);
    try (EtcdServer etcd = EtcdServer.started();
        PeerNodes nodes = PeerNodes.start(2)) {
      nodes.addresses().forEach(node -> etcd.put("/services/replicas/" + node, node));
      installed.applyFanout("replicas", "{discovery: {etcd: {serviceName: replicas}}}");
      ServeProcess first = installed.replica("first", etcd);
      try (first;
          ServeProcess second = installed.replica("second", etcd)) {
        awaitEntries(installed, Set.of("first", "second"));
        awaitLeader(installed, "first");
        second.awaitNodes("connected", NodeStatus::isConnected);
        try (PeerCalls.Running calls =
            PeerCalls.to(second).perSecond(RATE).lasting(Duration.ofMinutes(3)).start()) {
          nodes.awaitReceived(0, RATE);
          int before = nodes.received(0);

          leaseIsTakenAway(installed);
          goneWithin(installed, first);
          comesAndLeaves(installed, etcd);

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

  /** Gives the Lease to a stranger who does not renew it; edits and messages go on meanwhile. */
  private static void leaseIsTakenAway(Installation installed) {
    Lease lease = installed.lease(Installation.LEASE);
    installed.replace(
        new LeaseBuilder(lease).editSpec().withHolderIdentity("stranger").endSpec().build());
    long generation = installed.patch("replicas", "{\"spec\":{\"workers\":3}}");
    await()
        .atMost(Duration.ofSeconds(5))
        .until(
            () ->
                installed.get("replicas").getStatus().entries().values().stream()
                    .allMatch(entry -> Objects.equals(entry.observedGeneration(), generation)));
    assertThat(installed.lease(Installation.LEASE).getSpec().getHolderIdentity())
        .isEqualTo("stranger");
    awaitCondition(installed, "Programmed", generation, Duration.ofSeconds(25));
  }

  /** Kills the replica that writes the summaries, or wrote them before. */
  private static void goneWithin(Installation installed, ServeProcess first) {
    long since = System.nanoTime();
    first.close();
    await()
        .atMost(GONE_WITHIN)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              Set<String> entries = installed.get("replicas").getStatus().entries().keySet();
              assertThat(entries).as("the live one").contains("second");
              return entries.size() == 1;
            });
    System.out.printf(
        "OperatorReplicasIT: a killed replica's entry went within %d s%n",
        Duration.ofNanos(System.nanoTime() - since).toSeconds());
  }

  /** Stops a third replica gracefully: the replica removes its entry, and no other waits for it. */
  private static void comesAndLeaves(Installation installed, EtcdServer etcd) {
    try (ServeProcess third = installed.replica("third", etcd)) {
      awaitEntries(installed, Set.of("second", "third"));
      third.terminate();
      third.awaitExit(Duration.ofSeconds(20));
    }
    awaitEntries(installed, Set.of("second"));
    assertThat(installed.leases()).doesNotContain(Installation.LEASE + "-third");
    long generation = installed.patch("replicas", "{\"spec\":{\"workers\":4}}");
    awaitCondition(installed, "Programmed", generation, Duration.ofSeconds(5));
  }

  private static void awaitEntries(Installation installed, Set<String> replicas) {
    await()
        .alias("entries of " + replicas)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              PushFanout resource = installed.get("replicas");
              return resource.getStatus() != null
                  && resource.getStatus().entries().keySet().equals(replicas);
            });
  }

  private static void awaitLeader(Installation installed, String replica) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                installed.lease(Installation.LEASE).getSpec().getHolderIdentity().equals(replica));
  }

  private static void awaitCondition(
      Installation installed, String type, long generation, Duration atMost) {
    await()
        .alias(type + " of generation " + generation)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              Condition condition = installed.condition("replicas", type);
              return condition.getStatus().equals("True")
                  && condition.getObservedGeneration() == generation;
            });
  }
}
