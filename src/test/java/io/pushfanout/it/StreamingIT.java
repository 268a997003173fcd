package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.it.EditedFile.Way;
import io.pushfanout.it.History.Times;
import io.pushfanout.it.NodeRecord.Arrival;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Streaming delivery between processes: nodes on grpc-go and grpc-java, with and without streaming.
 */
class StreamingIT {
  private static final int ROOMS = 8;
  private static final int WINDOW = 50;

  /** Field 20 with a text and field 21 with a number, both unknown to the contract. */
  private static final String UNKNOWN = "a20103616263a8012a";

  @TempDir private Path directory;

  @Test
  void nodesWithAndWithoutStreamsGetEachMessageOnce() {
    try (PeerNodes streaming = PeerNodes.streaming(2);
        PeerNodes unary = PeerNodes.start(1);
        NodeProcess reference = NodeProcess.start()) {
      reference.subscribe(IntStream.range(0, ROOMS).mapToObj(i -> "room-" + i).toList());
      List<String> all = new ArrayList<>(streaming.addresses());
      all.addAll(List.of(unary.address(0), reference.address()));
      try (ServeProcess serve =
          ServeProcess.connected(
              all, settings("workers=4", "queueSize=20000", "delivery.window=" + WINDOW))) {
        // Slow enough for the node's windows to fill.
        streaming.answerAfter(1, Duration.ofMillis(1));
        List<Reply> replies = new ArrayList<>();
        replies.addAll(PeerCalls.to(serve).count(2000).rooms(ROOMS).send());
        replies.addAll(
            PeerCalls.to(serve).firstId(2001).count(20).with("--unknown", UNKNOWN).send());
        // More than one request may hold, and more than the reference node buffers for a user.
        replies.addAll(
            PeerCalls.to(serve)
                .firstId(2021)
                .count(4)
                .rooms(ROOMS)
                .size(3 << 20)
                .metadata("pushfanout-nodes", String.join(",", streaming.addresses()))
                .send());
        serve.awaitIdle();

        Map<String, NodeRecord> records = new LinkedHashMap<>(streaming.records());
        records.putAll(unary.records());
        records.put(reference.address(), reference.record());
        new History(replies, records)
            .all("OK 4/4", "OK 2/2")
            .of(unary.address(0), reply -> reply.id() <= 2020)
            .of(reference.address(), reply -> reply.id() <= 2020)
            .delivered(Times.ONCE)
            .inOrder(streaming.address(0), ROOMS)
            .inOrder(streaming.address(1), ROOMS)
            .inOrder(reference.address(), ROOMS)
            .agreesWith(serve.nodes());
        LedgerCheck.agree(serve);
        assertThat(unary.record(0).streams()).isZero();
        Map<Integer, String> sent = replies.stream().collect(toMap(Reply::id, Reply::sha256));
        for (NodeRecord record : streaming.records().values()) {
          // A stream carries many messages; a slow machine opens more, as idle ones end after 5 s.
          assertThat(record.streams()).isBetween(1, 100);
          assertThat(record.mostConcurrent()).isLessThanOrEqualTo(8);
          for (Arrival arrival : record.arrivals()) {
            assertThat(arrival.sha256()).isEqualTo(sent.get(arrival.id()));
            assertThat(arrival.method())
                .endsWith(
                    arrival.id() > 2000 && arrival.id() <= 2020
                        ? "/Broadcast"
                        : "/BroadcastToRoom");
          }
        }
      }
    }
  }

  @FaultCase
  void aKilledNodeLosesOneWindowAtMost() {
    try (NodeProcess node = NodeProcess.start();
        ServeProcess serve =
            ServeProcess.connected(
                List.of(node.address()),
                settings("queueSize=20000", "delivery.mode=Stream", "delivery.window=" + WINDOW))) {
      assertThat(PeerCalls.to(serve).count(500).send())
          .extracting(Reply::outcome)
          .containsOnly("OK 1/1");
      serve.awaitIdle();
      node.freeze();
      PeerCalls.to(serve).firstId(501).count(500).send();
      assertThat(serve.node(node.address()))
          .extracting(NodeStatus::inFlight, NodeStatus::queued)
          .containsExactly((long) WINDOW, 500L - WINDOW);
      FaultReport report = FaultReport.ofCalls("node frozen, then killed (SIGKILL)", 1000);
      node.kill();
      serve.awaitNode(node.address(), "disconnected", status -> status.failed() > 0);

      NodeStatus status = serve.node(node.address());
      assertThat(status.failed()).isEqualTo(WINDOW);
      assertThat(status.queued()).isEqualTo(500 - WINDOW);
      assertThat(status.delivered()).isEqualTo(500);
      assertThat(status.balances()).isTrue();
      assertThat(node.record().ids()).hasSize(500);
      report.passed(
          "streams, one attempt",
          "at most one window of %d for each stream lost, each counted".formatted(WINDOW),
          "lost %d, %d wait for the node".formatted(status.failed(), status.queued()));
    }
  }

  @Test
  void modeStreamHoldsTheQueueOfANodeThatHasNoStreams() {
    EditedFile file = new EditedFile(directory, "chat.yaml");
    try (PeerNodes nodes = PeerNodes.start(1)) {
      file.write(Way.IN_PLACE, text(nodes, "Stream"));
      try (ServeProcess serve = ServeProcess.connected(List.of(), "--config=" + file.path())) {
        List<Reply> replies = PeerCalls.to(serve).count(10).send();
        assertThat(serve.node(nodes.address(0)).queued()).isEqualTo(10);
        assertThat(serve.fanout("prod/chat").problems("NoStreaming"))
            .singleElement()
            .satisfies(
                problem -> {
                  assertThat(problem.node()).isEqualTo(nodes.address(0));
                  assertThat(problem.message())
                      .contains("pushfanout.v1.Delivery")
                      .contains("unknown service");
                });
        file.write(Way.RENAMED_OVER, text(nodes, "Auto"));
        serve.awaitIdle();
        new History(replies, nodes).delivered(Times.ONCE).agreesWith(serve.nodes());
        assertThat(serve.fanout("prod/chat").problems()).isEmpty();
      }
    }
  }

  private static String text(PeerNodes nodes, String mode) {
    return """
    apiVersion: pushfanout.io/v1alpha1
    kind: PushFanout
    metadata: {namespace: prod, name: chat}
    spec:
      delivery: {mode: %s}
      discovery: {static: {nodes: ["%s"]}}
    """
        .formatted(mode, nodes.address(0));
  }

  @FaultCase
  void aNodeThatSaysGoodbyeLosesNothingEvenWithoutRetry() throws Exception {
    outage(
        false,
        1,
        (history, victim) -> history.delivered(victim, Times.ONCE).inOrder(victim, ROOMS));
  }

  @FaultCase
  void withRetryAKilledNodeLosesNothing() throws Exception {
    outage(true, 5, (history, victim) -> history.delivered(victim, Times.ONCE_OR_MORE));
  }

  private interface Check {
    void check(History history, String victim);
  }

  private static void outage(boolean hard, int attempts, Check check) throws Exception {
    try (PeerNodes nodes = PeerNodes.streaming(2);
        LiveManager manager = new LiveManager()) {
      nodes.answerAfter(0, Duration.ofMillis(1));
      manager.apply(
          nodes.addresses(),
          s -> s.workers(4).queueSize(50_000).deliveryWindow(WINDOW).maxAttempts(attempts));
      String victim = nodes.address(0);
      try (PeerCalls.Running calls =
          // One call at a time: only such calls have an order to keep.
          PeerCalls.to(manager.grpc())
              .concurrency(1)
              .rooms(ROOMS)
              .lasting(Duration.ofSeconds(50))
              .start()) {
        FaultReport report =
            new FaultReport(
                hard ? "node killed for a while" : "node restarted (GOAWAY)",
                () -> nodes.received(1));
        nodes.awaitReceived(0, 500);
        report.struck();
        if (hard) {
          nodes.kill(0);
        } else {
          nodes.stopGracefully(0);
        }
        int before = nodes.received(0);
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> manager.node(victim).ledger().queued() > 500);
        nodes.startAgain(0);
        nodes.awaitReceived(0, before + 500);
        List<Reply> replies = calls.stop().replies();
        await().atMost(Duration.ofSeconds(30)).until(manager::isQuiet);

        History history = new History(replies, nodes).delivered(nodes.address(1), Times.ONCE);
        history.loadFlowed(victim, before, 500);
        check.check(history, victim);
        assertThat(manager.node(victim).ledger().failed()).isEmpty();
        history.inOrder(nodes.address(1), ROOMS);
        report.passed(
            "streams, " + (attempts == 1 ? "one attempt" : attempts + " attempts"),
            "nothing lost",
            "lost 0 of %d".formatted(history.accepted(victim)));
      }
    }
  }
}
