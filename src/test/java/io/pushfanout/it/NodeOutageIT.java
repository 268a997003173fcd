package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/** A node that goes away under load and comes back about two seconds later. */
class NodeOutageIT {
  private static final int VICTIM = 1;
  private static final int RATE = 300;
  private static final int WORKERS = 10;

  /** Delay of each answer, so that some calls are in flight when the node goes. */
  private static final Duration DELAY = Duration.ofMillis(20);

  @FaultCase
  void killedNodeLosesOnlyWhatWasInFlight() {
    outage(
        true,
        1,
        "at most %d lost, each counted".formatted(WORKERS),
        (history, victim, ledger) -> {
          assertThat(ledger.failed()).isBetween(1L, (long) WORKERS);
          history.deliveredBut(victim, ledger.failed(), History.Times.ONCE);
        });
  }

  @FaultCase
  void withRetryAKilledNodeLosesNothing() {
    outage(
        true,
        5,
        "nothing lost",
        (history, victim, ledger) -> {
          assertThat(ledger.failed()).isZero();
          history.delivered(victim, History.Times.ONCE_OR_MORE);
        });
  }

  @FaultCase
  void nodeThatSaysGoodbyeLosesNothingEvenWithoutRetry() {
    outage(
        false,
        1,
        "nothing lost",
        (history, victim, ledger) -> {
          assertThat(ledger.failed()).isZero();
          history.delivered(victim, History.Times.ONCE);
        });
  }

  private interface Check {
    void check(History history, String victim, NodeStatus ledger);
  }

  private static void outage(boolean hard, int attempts, String promise, Check check) {
    try (PeerNodes nodes = PeerNodes.start(3);
        ServeProcess serve =
            ServeProcess.connected(
                nodes.addresses(),
                // Calls must fail by the end of a connection, and not by a timeout on a busy
                // machine.
                settings(
                    "workers=" + WORKERS,
                    "queueSize=20000",
                    "rpcTimeout=30s",
                    "retry.maxAttempts=" + attempts));
        PeerCalls.Running calls =
            PeerCalls.to(serve).perSecond(RATE).lasting(Duration.ofSeconds(60)).start()) {
      for (int node = 0; node < 3; node++) {
        nodes.answerAfter(node, DELAY);
      }
      String victim = nodes.address(VICTIM);
      FaultReport report =
          new FaultReport(
              hard ? "node killed for 2 s" : "node restarted for 2 s (GOAWAY)",
              () -> serve.node(nodes.address(0)).enqueued());
      nodes.awaitReceived(VICTIM, RATE);
      report.struck();
      if (hard) {
        nodes.hold(VICTIM);
        // Half a second of load waits: the calls in flight have all arrived after the hold.
        serve.awaitNode(
            victim, "stuck", node -> node.inFlight() == WORKERS && node.queued() >= RATE / 2);
        nodes.kill(VICTIM);
        nodes.answerAfter(VICTIM, DELAY);
      } else {
        nodes.stopGracefully(VICTIM);
      }
      int before = nodes.received(VICTIM);
      // Two seconds of load wait for the node.
      serve.awaitNode(victim, "behind", node -> node.queued() >= 2 * RATE);
      nodes.startAgain(VICTIM);
      nodes.awaitReceived(VICTIM, before + 2 * RATE);
      List<Reply> replies = calls.stop().replies();
      serve.awaitIdle();

      assertThat(replies).extracting(Reply::outcome).containsOnly("OK 3/3");
      NodeStatus ledger = serve.node(victim);
      History history =
          new History(replies, nodes)
              .loadFlowed(victim, before, RATE)
              .delivered(nodes.address(0), History.Times.ONCE)
              .delivered(nodes.address(2), History.Times.ONCE)
              .agreesWith(serve.nodes());
      check.check(history, victim, ledger);
      LedgerCheck.agree(serve);
      report.passed(
          "unary calls, " + (attempts == 1 ? "one attempt" : attempts + " attempts"),
          promise,
          "lost %d of %d, failed %d"
              .formatted(history.lost(victim), history.accepted(victim), ledger.failed()));
    }
  }
}
