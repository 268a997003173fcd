package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.it.History.Times;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Discovery between {@code serve} and {@code node} through an etcd. */
class NodeRegistrationIT {
  private static final int RATE = 100;
  private static final Duration LEASE = Duration.ofSeconds(2);

  @Test
  void nodesThatAreStoppedLeaveAtOnceWithoutLossAndKilledOnesWithTheirLease(@TempDir Path dir) {
    try (EtcdServer etcd = EtcdServer.started();
        ServeProcess serve =
            ServeProcess.start(
                List.of(),
                "--etcd-endpoints",
                etcd.endpoint(),
                "--config",
                EtcdFanout.config(dir, Map.of("met", EtcdFanout.Times.USUAL)).toString());
        NodeProcess stopped = node(etcd);
        NodeProcess killed = node(etcd)) {
      EtcdFanout fanout = new EtcdFanout("met", etcd, serve);
      fanout.awaitConnected(List.of(stopped.address(), killed.address()));
      try (PeerCalls.Running calls = fanout.load(RATE)) {
        await().until(() -> stopped.record().received() > RATE);
        // The node promises to handle arrivals within a second; a cold JVM may be further behind.
        fanout.awaitNode(stopped.address(), "not behind", NodeStatus::isIdle);
        final int before = killed.record().received();

        stopped.terminate();
        assertThat(stopped.awaitExit(Duration.ofSeconds(20))).isZero();
        fanout.awaitMembers(List.of(killed.address()));
        fanout.awaitGone(stopped.address());
        await().until(() -> killed.record().received() > before + RATE);

        List<Reply> replies = calls.stop().replies();
        fanout.awaitIdle();
        await().until(() -> killed.record().received() == replies.size());
        new History(
                replies,
                Map.of(stopped.address(), stopped.record(), killed.address(), killed.record()))
            .all("OK 2/2", "OK 1/1")
            .of(stopped.address(), reply -> reply.nodes() == 2)
            .loadFlowed(killed.address(), before, RATE)
            .delivered(Times.ONCE);
      }

      final long struck = System.nanoTime();
      killed.kill();
      fanout.awaitMembers(List.of());
      System.out.printf(
          "NodeRegistrationIT: a killed node with a lease of %d ms was gone after %d ms%n",
          LEASE.toMillis(), Duration.ofNanos(System.nanoTime() - struck).toMillis());
      assertThat(fanout.calls().sendOne().outcome()).isEqualTo("NO_NODES 0/0");
    }
  }

  private static NodeProcess node(EtcdServer etcd) {
    return NodeProcess.start(
        "--etcd-endpoints",
        etcd.endpoint(),
        "--service",
        "met",
        "--lease-ttl",
        LEASE.toSeconds() + "s");
  }
}
