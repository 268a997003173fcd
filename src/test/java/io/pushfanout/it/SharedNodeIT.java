package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.it.EditedFile.Way;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two fanouts of two files that claim one node. */
class SharedNodeIT {
  private static final int RATE = 200;
  private static final int SHARED = 0;
  private static final int OF_ALPHA = 1;
  private static final int OF_BETA = 2;
  private static final String ALPHA = "prod/alpha";
  private static final String BETA = "prod/beta";

  @TempDir private Path directory;

  @Test
  void clientAndItsQueueSurviveEveryChangeOfOwnerUnderLoad() {
    // The names of the fanouts decide, not those of the files.
    EditedFile alpha = new EditedFile(directory, "z.yaml");
    EditedFile beta = new EditedFile(directory, "a.yaml");
    try (PeerNodes nodes = PeerNodes.start(3)) {
      String shared = nodes.address(SHARED);
      alpha.write(Way.IN_PLACE, text("alpha", shared, nodes.address(OF_ALPHA)));
      beta.write(Way.IN_PLACE, text("beta", shared, nodes.address(OF_BETA)));
      try (ServeProcess serve = ServeProcess.connected(List.of(), "--config=" + directory);
          PeerCalls.Running toAlpha = load(serve, ALPHA, 1, shared, nodes.address(OF_ALPHA));
          PeerCalls.Running toBeta = load(serve, BETA, 1_000_000, shared, nodes.address(OF_BETA))) {
        assertConflict(serve, shared);
        nodes.awaitReceived(SHARED, RATE);
        int before = nodes.received(SHARED);

        handOver(
            "the winner drops the node",
            nodes,
            serve,
            () -> alpha.write(Way.RENAMED_OVER, text("alpha", nodes.address(OF_ALPHA))),
            BETA);
        assertThat(serve.fanout(BETA).problems("Conflict")).isEmpty();

        handOver(
            "the winner claims it again",
            nodes,
            serve,
            () -> alpha.write(Way.IN_PLACE, text("alpha", shared, nodes.address(OF_ALPHA))),
            ALPHA);
        assertConflict(serve, shared);

        handOver("the winner is removed", nodes, serve, alpha::delete, BETA);
        assertThat(serve.fanout(BETA).problems("Conflict")).isEmpty();

        List<Reply> alphas = toAlpha.stop().replies();
        List<Reply> betas = toBeta.stop().replies();
        serve.awaitIdle();
        assertThat(alphas).extracting(Reply::status).containsOnly("OK", "NOT_FOUND");
        assertThat(betas).extracting(Reply::status).containsOnly("OK");
        check(nodes, serve, alphas, betas, before);
        assertThat(serve.stderr().lines().filter(l -> l.endsWith(shared + ": connected")))
            .as("one client, and one connection, through all")
            .hasSize(1);
      }
    }
  }

  /**
   * Starts calls that name the claimed nodes: the server drops a node outside the fanout by name.
   */
  private static PeerCalls.Running load(
      ServeProcess serve, String fanout, int firstId, String... nodes) {
    return PeerCalls.to(serve)
        .metadata("pushfanout-target", fanout)
        .metadata("pushfanout-nodes", String.join(",", nodes))
        .firstId(firstId)
        .perSecond(RATE)
        .lasting(Duration.ofMinutes(2))
        .start();
  }

  private static void assertConflict(ServeProcess serve, String node) {
    assertThat(serve.fanout(ALPHA).problems()).isEmpty();
    assertThat(serve.fanout(ALPHA).node(node)).isPresent();
    assertThat(serve.fanout(BETA).node(node)).isEmpty();
    assertThat(serve.fanout(BETA).problems("Conflict"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.node()).isEqualTo(node);
              assertThat(problem.message()).contains(ALPHA);
            });
  }

  /**
   * Changes the owner of the shared node while a backlog waits; then the node takes the backlog.
   */
  private static void handOver(
      String what, PeerNodes nodes, ServeProcess serve, Runnable edit, String heir) {
    String shared = nodes.address(SHARED);
    nodes.hold(SHARED);
    serve.awaitNode(shared, "behind", node -> node.queued() >= RATE);
    NodeStatus before = serve.node(shared);
    long since = System.nanoTime();
    edit.run();
    await()
        .alias(heir + " has " + shared)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> serve.fanout(heir).node(shared).isPresent());
    System.out.printf(
        "SharedNodeIT: %s: another owner after %d ms, with a backlog of %d messages%n",
        what, (System.nanoTime() - since) / 1_000_000, before.queued());
    NodeStatus after = serve.node(shared);
    assertThat(after.balances()).isTrue();
    assertThat(after.queued()).isGreaterThanOrEqualTo(before.queued());
    assertThat(after.enqueued()).isGreaterThanOrEqualTo(before.enqueued());
    assertThat(after.delivered()).isEqualTo(before.delivered());
    serve.awaitNode(
        shared, "given messages of the heir", n -> n.enqueued() >= after.enqueued() + RATE / 2);
    nodes.answer(SHARED);
    serve.awaitNode(shared, "up to date", node -> node.queued() == 0);
  }

  private static void check(
      PeerNodes nodes, ServeProcess serve, List<Reply> alphas, List<Reply> betas, int before) {
    String shared = nodes.address(SHARED);
    List<Reply> both = new ArrayList<>(alphas);
    both.addAll(betas);
    History history =
        new History(both, only(nodes, SHARED))
            .loadFlowed(shared, before, RATE)
            .delivered(History.Times.ONCE);
    new History(alphas, only(nodes, OF_ALPHA)).delivered(History.Times.ONCE);
    new History(betas, only(nodes, OF_BETA)).delivered(History.Times.ONCE);
    NodeStatus ledger = serve.node(shared);
    assertThat(ledger.balances()).isTrue();
    assertThat(ledger.enqueued()).isEqualTo(history.accepted(shared));
    assertThat(ledger.delivered()).isEqualTo(ledger.enqueued());
    System.out.printf(
        "SharedNodeIT: %d broadcasts, %d accepted by the shared node and delivered once%n",
        both.size(), ledger.delivered());
  }

  private static Map<String, NodeRecord> only(PeerNodes nodes, int node) {
    return Map.of(nodes.address(node), nodes.record(node));
  }

  private static String text(String name, String... nodes) {
    return """
    apiVersion: pushfanout.io/v1alpha1
    kind: PushFanout
    metadata: {namespace: prod, name: %s}
    spec:
      discovery: {static: {nodes: ["%s"]}}
      queueSize: 100000
      messageTTL: 0s
      rpcTimeout: 1m
    """
        .formatted(name, String.join("\", \"", nodes));
  }
}
