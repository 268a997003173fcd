package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Seven tenants with frozen nodes send messages of 4 MB to hundreds of workers that wait for ten
 * minutes. The process stays within its memory, and the eighth tenant loses nothing and hardly
 * waits.
 */
@Isolated
class TenantsIT {
  private static final int ATTACKERS = 7;
  private static final int BROADCASTS = 200;
  private static final int RATE = 100;
  private static final Duration ATTACK = Duration.ofSeconds(7);

  /**
   * Bound of the latency in ms. The promise is five times the quiet value; this bound is for a busy
   * machine.
   */
  private static final double ROOM_MILLIS = 500;

  @TempDir private Path directory;

  @Test
  void tenantsWithFrozenNodesCostAnotherTenantNothing() throws IOException {
    try (PeerNodes healthy = PeerNodes.start(1);
        PeerNodes frozen = PeerNodes.start(ATTACKERS)) {
      write("good", healthy.address(0), "");
      for (int i = 0; i < ATTACKERS; i++) {
        write(
            "evil-" + i,
            frozen.address(i),
            "workers: 1024\n  rpcTimeout: 10m\n  queueSize: 1000\n  queueBytes: 16Gi");
      }
      try (ServeProcess serve =
          ServeProcess.connectedWithin(
              "-Xmx512m -XX:MaxDirectMemorySize=128m", List.of(), "--config=" + directory)) {
        double quiet = p99Millis(broadcasts(serve));
        frozen.freeze();
        List<PeerCalls.Running> attacks =
            IntStream.range(0, ATTACKERS).mapToObj(i -> attack(serve, i)).toList();
        await().atMost(Duration.ofSeconds(30)).until(() -> refused(serve) > 0);
        double during = p99Millis(broadcasts(serve));
        List<Reply> attacked =
            attacks.stream().flatMap(attack -> attack.replies().stream()).toList();
        double after = p99Millis(broadcasts(serve));
        attacks.forEach(PeerCalls.Running::close);
        System.out.printf(
            "TenantsIT: %d attackers with 4 MB each, %d of %d taken; p99 of another's %d broadcasts"
                + " %.1f ms before, %.1f ms during, %.1f ms after%n",
            ATTACKERS,
            attacked.stream().filter(Reply::isOk).count(),
            attacked.size(),
            BROADCASTS,
            quiet,
            during,
            after);
        assertThat(Math.max(during, after)).isLessThan(5 * quiet + ROOM_MILLIS);
        assertThat(attacked).extracting(Reply::status).containsOnly("OK", "RESOURCE_EXHAUSTED");
        await().until(() -> healthy.received(0) == 3 * BROADCASTS);
        assertThat(serve.stderr()).doesNotContain("Exception", "OutOfMemory", "\tat ");
        frozen.thaw();
        LedgerCheck.agree(serve);
      }
    }
  }

  private void write(String namespace, String node, String settings) throws IOException {
    Files.writeString(
        directory.resolve(namespace + ".yaml"),
        """
        apiVersion: pushfanout.io/v1alpha1
        kind: PushFanout
        metadata: {namespace: %s, name: chat}
        spec:
          discovery: {static: {nodes: ["%s"]}}
          %s
        """
            .formatted(namespace, node, settings));
  }

  private static PeerCalls.Running attack(ServeProcess serve, int attacker) {
    return PeerCalls.to(serve)
        .metadata("pushfanout-target", "evil-" + attacker + "/chat")
        .size(4_000_000)
        .concurrency(4)
        .firstId(1_000_000 * (1 + attacker))
        .lasting(ATTACK)
        .start();
  }

  private static List<Reply> broadcasts(ServeProcess serve) {
    List<Reply> replies =
        PeerCalls.to(serve)
            .metadata("pushfanout-target", "good/chat")
            .count(BROADCASTS)
            .perSecond(RATE)
            .send();
    assertThat(replies).hasSize(BROADCASTS).allMatch(Reply::isOk);
    assertThat(replies).extracting(Reply::accepted).containsOnly(1);
    return replies;
  }

  private static double p99Millis(List<Reply> replies) {
    long[] micros = replies.stream().mapToLong(Reply::latencyUs).sorted().toArray();
    return micros[micros.length * 99 / 100] / 1000.0;
  }

  /** Returns the refusals of all tenants, because timing decides which tenant meets the limit. */
  private static double refused(ServeProcess serve) {
    return serve.metrics().sum("pushfanout_broadcasts_total", Map.of("outcome", "limited"));
  }
}
