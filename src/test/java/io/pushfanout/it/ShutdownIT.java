package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** SIGTERM, once and twice. */
class ShutdownIT {
  @FaultCase
  void underLoadEveryAcceptedMessageReachesEveryNode() {
    try (PeerNodes nodes = PeerNodes.start(3);
        PeerNodes streaming = PeerNodes.streaming(1)) {
      List<String> all = new ArrayList<>(nodes.addresses());
      all.addAll(streaming.addresses());
      try (ServeProcess serve =
              ServeProcess.connected(all, settings("queueSize=5000", "delivery.window=20"));
          PeerCalls.Running calls =
              PeerCalls.to(serve)
                  .perSecond(500)
                  .lasting(Duration.ofSeconds(30))
                  .with("--stop-on-unavailable")
                  .start()) {
        FaultReport report =
            new FaultReport(
                "manager stopped (SIGTERM)", () -> serve.node(nodes.address(0)).enqueued());
        nodes.answerAfter(0, Duration.ofMillis(5));
        nodes.answerAfter(1, Duration.ofMillis(5));
        // These nodes take 250 of 500 messages each second, so that there is a backlog to drain.
        nodes.answerAfter(2, Duration.ofMillis(40));
        streaming.answerAfter(0, Duration.ofMillis(4));
        nodes.awaitReceived(2, 200);
        serve.awaitNode(nodes.address(2), "behind", node -> node.queued() >= 300);
        serve.awaitNode(streaming.address(0), "behind", node -> node.queued() >= 100);
        final int before = nodes.received(2);
        report.struck();
        final long queued = serve.nodes().stream().mapToLong(NodeStatus::queued).sum();
        final long since = System.nanoTime();
        serve.terminate();
        assertThat(serve.awaitExit(Duration.ofSeconds(30))).isZero();
        final Duration took = Duration.ofNanos(System.nanoTime() - since);
        List<Reply> replies = calls.replies();

        Map<String, NodeRecord> records = new LinkedHashMap<>(nodes.records());
        records.putAll(streaming.records());
        History history = new History(replies, records);
        history.loadFlowed(nodes.address(2), before, 150).delivered(History.Times.ONCE);
        assertThat(history.accepted(nodes.address(0))).isGreaterThan(500);
        assertThat(replies).extracting(Reply::status).containsOnly("OK", "UNAVAILABLE");
        assertThat(replies).extracting(Reply::status).contains("UNAVAILABLE");
        assertThat(serve.lastLine()).startsWith("pushfanout: ").containsPattern("\\b0\\b|nothing");
        report.passed(
            "unary calls and streams",
            "every accepted message is delivered within the drain deadline",
            "lost 0 of %d, with %d queued at the signal; ended after %d ms"
                .formatted(history.accepted(nodes.address(0)), queued, took.toMillis()));
      }
    }
  }

  @Test
  void whileItDrainsNewCallsAreUnavailableAndAFrozenNodeIsWaitedFor() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = ServeProcess.connected(nodes.addresses(), settings("rpcTimeout=60s"));
        // This caller connects before the end, so that its calls meet the drain and not a closed
        // port.
        PeerCalls.Running during =
            PeerCalls.to(serve)
                .firstId(100)
                .perSecond(100)
                .lasting(Duration.ofSeconds(30))
                .start()) {
      nodes.awaitReceived(0, 20);
      nodes.hold(1);
      List<Reply> replies = new ArrayList<>(PeerCalls.to(serve).count(3).send());
      serve.terminate();
      replies.addAll(awaitRefusal(serve));

      nodes.answer(1);
      assertThat(serve.awaitExit(Duration.ofSeconds(20))).isZero();
      replies.addAll(during.stop().replies());
      assertThat(replies).extracting(Reply::status).containsOnly("OK", "UNAVAILABLE");
      new History(replies, nodes).delivered(History.Times.ONCE);
    }
  }

  /** Sends calls until the first refusal, because SIGTERM needs a moment to arrive. */
  private static List<Reply> awaitRefusal(ServeProcess serve) {
    List<Reply> replies =
        PeerCalls.to(serve)
            .firstId(10_000)
            .perSecond(100)
            .lasting(Duration.ofSeconds(10))
            .with("--stop-on-unavailable")
            .send();
    assertThat(replies).extracting(Reply::status).contains("UNAVAILABLE");
    return replies;
  }

  @FaultCase
  void secondSignalEndsItAtOnceWithExitCode1AndTheSameLine() {
    try (PeerNodes nodes = PeerNodes.start(1);
        ServeProcess serve =
            ServeProcess.connected(nodes.addresses(), settings("rpcTimeout=60s"))) {
      nodes.freeze();
      PeerCalls.to(serve).count(15).send();
      final FaultReport report = FaultReport.ofCalls("manager stopped twice (SIGTERM)", 15);
      serve.terminate();
      awaitRefusal(serve);
      final long since = System.nanoTime();
      serve.terminate();
      assertThat(serve.awaitExit(Duration.ofSeconds(3))).isEqualTo(1);
      final Duration took = Duration.ofNanos(System.nanoTime() - since);
      // Ten in flight and the messages queued behind them.
      assertThat(serve.lastLine()).startsWith("pushfanout: ").containsPattern("\\b10\\b");
      report.passed(
          "ends at once with exit code 1 and prints the rest",
          "ended after %d ms: %s".formatted(took.toMillis(), serve.lastLine()));
    }
  }

  @FaultCase
  void unreachableNodeIsWaitedForFiveSecondsAtMost() {
    try (PeerNodes nodes = PeerNodes.start(1);
        PeerNodes gone = PeerNodes.stopped(1)) {
      List<String> both = List.of(nodes.address(0), gone.address(0));
      try (ServeProcess serve = ServeProcess.start(both)) {
        serve.awaitNode(nodes.address(0), "connected", NodeStatus::isConnected);
        List<Reply> replies = PeerCalls.to(serve).count(3).send();
        assertThat(replies).extracting(Reply::outcome).containsOnly("OK 2/2");
        FaultReport report =
            FaultReport.ofCalls("manager stopped (SIGTERM) while a node is dead", replies.size());
        long since = System.nanoTime();
        serve.terminate();
        assertThat(serve.awaitExit(Duration.ofSeconds(20))).isZero();
        Duration took = Duration.ofNanos(System.nanoTime() - since);
        assertThat(took).isLessThan(Duration.ofSeconds(8));
        assertThat(serve.lastLine()).startsWith("pushfanout: ").containsPattern("\\b3\\b");
        new History(replies, nodes).delivered(History.Times.ONCE);
        report.passed(
            "an unreachable node is waited for 5 s at most",
            "ended after %d ms: %s".formatted(took.toMillis(), serve.lastLine()));
      }
    }
  }
}
