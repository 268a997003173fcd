package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Memory for bytes that nodes do not read: the budget, and a little for each connection, even when
 * nodes announce huge windows.
 */
class UnreadMemoryIT {
  private static final int NODES = 260;
  private static final int MESSAGES = 1_000;
  private static final int LARGE = 20_000_000;
  private static final double MIB = 1 << 20;

  @Test
  void streamingNodesThatComeBackToFullQueuesAndReadNothingCostNoCopies() {
    try (PausingNodes nodes = new PausingNodes(NODES, false);
        ServeProcess serve =
            serve(
                "-Xmx256m",
                nodes,
                settings("messageTTL=10m", "rpcTimeout=1m", "queueSize=" + MESSAGES))) {
      List<Reply> replies = PeerCalls.to(serve).count(MESSAGES).rooms(50).size(1_000).send();
      assertThat(replies).allMatch(Reply::isOk);
      final Footprint before = Footprint.of(serve);
      nodes.open(false);
      serve.awaitNodes("sent to", node -> node.isConnected() && node.inFlight() > 0);
      // The server encodes ahead at once, so nothing more follows.
      Footprint after = Footprint.of(serve);
      Scrape metrics = serve.metrics();
      double budget = metrics.sum("pushfanout_memory_budget_bytes", Map.of());
      double held = metrics.sum("pushfanout_memory_held_bytes", Map.of());
      System.out.printf(
          "UnreadMemoryIT: %d streaming nodes that read nothing, %d messages of 1 kB for each: heap"
              + " %.1f MiB, before %.1f; direct memory %.1f MiB; messages %.1f MiB of %.1f%n",
          NODES,
          MESSAGES,
          after.heap() / MIB,
          before.heap() / MIB,
          after.direct() / MIB,
          held / MIB,
          budget / MIB);
      assertThat((double) after.heap()).isLessThan(held + 64 * MIB);
      assertThat(serve.nodes())
          .hasSize(NODES)
          .allMatch(node -> node.queued() + node.inFlight() + node.failed() == MESSAGES);
      assertThat(serve.stderr()).doesNotContain("Exception", "OutOfMemory", "\tat ");
    }
  }

  @Test
  void oneLargeMessageForNodesWithLargeFramesNeverStaysInFlight() {
    try (PausingNodes nodes = new PausingNodes(10, true);
        ServeProcess serve =
            serve(
                "-Xmx512m -XX:MaxDirectMemorySize=128m",
                nodes,
                settings("workers=1", "rpcTimeout=10s", "drainTimeout=5s"),
                "--max-message-size=24Mi")) {
      nodes.open(false);
      serve.awaitNodes("connected", NodeStatus::isConnected);

      broadcast(serve);
      serve.awaitNodes("in flight", node -> node.inFlight() == 1);
      final double direct = serve.metrics().sum("netty_direct_memory_used_bytes", Map.of());
      nodes.read(true);
      serve.awaitNodes("served", node -> node.isIdle() && node.delivered() == 1);

      nodes.read(false);
      broadcast(serve);
      serve.awaitNodes("given up", node -> node.isIdle() && node.failed() == 1);

      broadcast(serve);
      long since = System.nanoTime();
      serve.terminate();
      assertThat(serve.awaitExit(Duration.ofSeconds(30))).isZero();
      Duration took = Duration.ofNanos(System.nanoTime() - since);
      System.out.printf(
          "UnreadMemoryIT: 20 MB for 10 nodes with frames of 16 MiB that pause: direct memory %.1f"
              + " MiB while they do; the drain took %d ms with a drainTimeout of 5 s%n",
          direct / MIB, took.toMillis());
      assertThat(took).isLessThan(Duration.ofSeconds(15));
      assertThat(direct).isLessThan(16 * MIB);
      assertThat(serve.stderr()).doesNotContain("Exception", "OutOfMemory", "\tat ");
    }
  }

  private static void broadcast(ServeProcess serve) {
    assertThat(PeerCalls.to(serve).size(LARGE).sendOne().isOk()).isTrue();
  }

  private static ServeProcess serve(String jvm, PausingNodes nodes, String[] set, String... more) {
    List<String> arguments = new ArrayList<>(List.of("serve", "--grpc-port=0", "--http-port=0"));
    nodes.addresses().forEach(node -> arguments.addAll(List.of("--node", node)));
    arguments.addAll(List.of(set));
    arguments.addAll(List.of(more));
    return ServeProcess.ready(ServeProcess.launch(Map.of("PUSHFANOUT_JAVA_OPTS", jvm), arguments));
  }
}
