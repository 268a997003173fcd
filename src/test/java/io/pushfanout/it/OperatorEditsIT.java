package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.kube.Cluster;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A resource that a test edits again and again while two replicas deliver to its nodes. */
@ResourceLock(Cluster.LOCK)
class OperatorEditsIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  private static final int EDITS = LongForm.or(15, 100);
  private static final int RACING_EDITS = LongForm.or(120, 1000);
  private static final int RATE = 200;
  private static final String WORKERS = "{\"spec\":{\"workers\":%d,\"queueSize\":%d}}";

  /** The promised delay; the assertion has a margin, since other tests run beside this one. */
  private static final Duration PROMISED = Duration.ofSeconds(1);

  private final Random random = new Random(5);

  @Test
  void bothReplicasFollowEachEditAndNothingIsLost() throws Exception {
    Installation installed = Installation.in(cluster);
    try (EtcdServer etcd = EtcdServer.started();
        PeerNodes nodes = PeerNodes.start(2)) {
      nodes.addresses().forEach(node -> etcd.put("/services/edits/" + node, node));
      installed.applyFanout(
          "edits",
          "{discovery: {etcd: {serviceName: edits}}, workers: 4, queueSize: 100000, messageTTL:"
              + " 0s}");
      // At 20 a second for each worker the node always has a backlog, so that every worker is in
      // flight.
      nodes.answerAfter(0, Duration.ofMillis(50));
      try (ServeProcess a = installed.replica("a", etcd);
          ServeProcess b = installed.replica("b", etcd)) {
        cluster
            .kubectl()
            .run(
                "wait",
                "--for=condition=Ready",
                "pf/edits",
                "-n",
                installed.namespace(),
                "--timeout=30s");
        a.awaitNodes("connected", NodeStatus::isConnected);
        b.awaitNodes("connected", NodeStatus::isConnected);
        try (PeerCalls.Running toA = load(a, 0);
            PeerCalls.Running toB = load(b, 1_000_000)) {
          await().until(() -> backlog(a, nodes) > RATE && backlog(b, nodes) > RATE);
          nodes.awaitReceived(1, RATE);
          int before = nodes.received(1);

          List<Long> millis = timedEdits(installed, nodes);
          racingEdits(installed, List.of("a", "b"));

          List<Reply> replies = new ArrayList<>(toA.stop().replies());
          replies.addAll(toB.stop().replies());
          installed.patch("edits", WORKERS.formatted(500, 100_000));
          a.awaitIdle();
          b.awaitIdle();
          new History(replies, nodes)
              .loadFlowed(nodes.address(1), before, RATE / 2)
              .delivered(History.Times.ONCE);
          Collections.sort(millis);
          System.out.printf(
              "OperatorEditsIT: %d edits, calls in flight at the node followed on both replicas"
                  + " within %d ms, median %d ms; %d broadcasts, none lost or doubled%n",
              millis.size(), millis.getLast(), millis.get(millis.size() / 2), replies.size());
          assertThat(millis.getLast()).isLessThan(PROMISED.multipliedBy(5).toMillis());
        }
      }
    }
  }

  private static PeerCalls.Running load(ServeProcess replica, int firstId) {
    return PeerCalls.to(replica)
        .firstId(firstId)
        .perSecond(RATE)
        .lasting(Duration.ofMinutes(3))
        .start();
  }

  private static long backlog(ServeProcess replica, PeerNodes nodes) {
    return replica.node(nodes.address(0)).queued();
  }

  /**
   * Returns the time from each edit until the open calls at the node match the new workers of both
   * replicas.
   */
  private List<Long> timedEdits(Installation installed, PeerNodes nodes) {
    List<Long> millis = new ArrayList<>();
    int workers = 4;
    for (int i = 0; i < EDITS; i++) {
      int wanted = 1 + (workers + random.nextInt(5)) % 6; // A different number, from 1 to 6.
      workers = wanted == workers ? wanted + 1 : wanted;
      int open = 2 * workers;
      long since = System.nanoTime();
      installed.patch("edits", WORKERS.formatted(workers, 100_000 - i));
      await()
          .alias(open + " calls are open at the node")
          .atMost(Duration.ofSeconds(10))
          .pollInterval(Duration.ofMillis(10))
          .until(() -> nodes.open(0) == open);
      millis.add(Duration.ofNanos(System.nanoTime() - since).toMillis());
    }
    return millis;
  }

  /** Edits as fast as the API server allows, while each replica writes a status for each edit. */
  private void racingEdits(Installation installed, List<String> replicas) {
    for (int i = 0; i < RACING_EDITS; i++) {
      installed.patch("edits", WORKERS.formatted(1 + random.nextInt(6), 50_000 + i));
    }
    long since = System.nanoTime();
    PushFanout last =
        await()
            .alias("the last generation is observed by every replica")
            .atMost(Duration.ofSeconds(10))
            .pollInterval(Duration.ofMillis(50))
            .until(
                () -> installed.get("edits"),
                resource -> observed(resource).equals(Collections.nCopies(replicas.size(), 0L)));
    System.out.printf(
        "OperatorEditsIT: %d edits raced status writes; every replica observed generation %d within"
            + " %d ms of the last%n",
        RACING_EDITS,
        last.getMetadata().getGeneration(),
        Duration.ofNanos(System.nanoTime() - since).toMillis());
    assertThat(last.getMetadata().getGeneration()).isGreaterThan(RACING_EDITS);
  }

  /** Returns the number of generations that each replica is behind. */
  private static List<Long> observed(PushFanout resource) {
    return resource.getStatus().entries().values().stream()
        .map(ReplicaStatus::observedGeneration)
        .map(generation -> resource.getMetadata().getGeneration() - generation)
        .toList();
  }
}
