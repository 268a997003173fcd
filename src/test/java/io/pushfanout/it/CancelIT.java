package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** Callers that cancel at once. */
class CancelIT {
  private static final int CALLERS = 1000;
  private static final int WARM_UP = 500;
  private static final int LATER = 1_000_000;

  /** Settings under which a node that answers nothing makes callers wait. */
  private static final String[] HOLDING_CALLERS =
      settings(
          "overflowPolicy=Block", "blockTimeout=60s", "queueSize=5", "workers=2", "rpcTimeout=60s");

  /** Warms the server up: a cold server answers no call before the callers cancel. */
  private static List<Reply> warmUp(ServeProcess serve) {
    List<Reply> replies = PeerCalls.to(serve).count(WARM_UP).send();
    serve.awaitIdle();
    return replies;
  }

  /** Sends all calls at the same time; most callers cancel before their answer. */
  private static List<Reply> impatient(ServeProcess serve) {
    return PeerCalls.to(serve)
        .firstId(WARM_UP + 1)
        .count(CALLERS)
        .concurrency(CALLERS)
        .with("--cancel-within", "20ms")
        .send();
  }

  /**
   * Sends 10 calls at a time: some callers have their answer, others cancel while the answer is
   * under way.
   */
  private static List<Reply> hesitant(ServeProcess serve) {
    return PeerCalls.to(serve)
        .firstId(WARM_UP + CALLERS + 1)
        .count(CALLERS)
        .concurrency(10)
        .with("--cancel-within", "5ms")
        .send();
  }

  @FaultCase
  void cancelledCallsReachAllNodesOrNone() {
    try (PeerNodes nodes = PeerNodes.start(3);
        ServeProcess serve =
            ServeProcess.connected(nodes.addresses(), settings("queueSize=100000"))) {
      List<Reply> replies = new ArrayList<>(warmUp(serve));
      final FaultReport report =
          FaultReport.ofCalls("callers cancel (1,000 at once, then 10 at a time)", replies.size());
      replies.addAll(impatient(serve));
      replies.addAll(hesitant(serve));
      long cancelled = replies.stream().filter(Reply::isOpen).count();
      assertThat(cancelled).as("cancelled calls").isGreaterThan(CALLERS / 10);

      List<Reply> later = PeerCalls.to(serve).firstId(LATER).count(50).send();
      assertThat(later).extracting(Reply::outcome).containsOnly("OK 3/3");
      replies.addAll(later);
      LedgerCheck.agree(serve);
      new History(replies, nodes)
          .delivered(History.Times.ONCE)
          .openCallsReachedAllOrNone()
          .agreesWith(serve.nodes());
      for (NodeStatus ledger : serve.nodes()) {
        assertThat(ledger.failed() + ledger.dropped("queue_full")).as("%s", ledger).isZero();
        assertThat(ledger.enqueued()).isEqualTo(nodes.record(0).received());
      }
      assertThat(serve.stderr()).as("what the server says about it").doesNotContain("rror");
      report.passed(
          "each call reaches all nodes or none, ledgers balance",
          "%d of %d cancelled, %d messages at every node once"
              .formatted(cancelled, 2 * CALLERS, nodes.record(0).received()));
    }
  }

  @FaultCase
  void callerThatReadsNoAnswersAndDiesIsNoNews() {
    // The answers exceed HTTP/2's connection window of 64 KiB, and the calls are about as many as a
    // connection may have.
    int calls = 1900;
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = ServeProcess.connected(nodes.addresses(), HOLDING_CALLERS)) {
      nodes.hold(1);
      FaultReport report;
      try (PeerCalls.Running deaf =
          PeerCalls.to(serve).concurrency(calls).count(calls).with("--deadline", "60s").start()) {
        nodes.awaitReceived(0, calls);
        report = FaultReport.ofCalls("a caller reads no answer, and dies", nodes.received(0));
        deaf.freeze();
        nodes.answer(1);
        nodes.awaitReceived(1, calls);
      }
      Reply next = PeerCalls.to(serve).firstId(LATER).sendOne();
      assertThat(next.outcome()).isEqualTo("OK 2/2");
      LedgerCheck.agree(serve);
      for (int node = 0; node < 2; node++) {
        assertThat(nodes.record(node).ids()).doesNotHaveDuplicates().hasSize(calls + 1);
      }
      report.passed(
          "others are served, what it sent arrives, ledgers balance",
          "%d of its messages at every node once, the next caller served".formatted(calls));
      assertThat(serve.stderr()).as("what the server says about it").doesNotContain("rror");
    }
  }

  @FaultCase
  void callersThatCancelWhileTheyAreHeldLeaveNothingBehind() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = ServeProcess.connected(nodes.addresses(), HOLDING_CALLERS)) {
      List<Reply> replies = new ArrayList<>(warmUp(serve));
      nodes.hold(1);
      final FaultReport report =
          FaultReport.ofCalls("callers cancel while policy Block holds them", replies.size());
      replies.addAll(impatient(serve));
      final long cancelled = replies.stream().filter(Reply::isOpen).count();
      assertThat(cancelled).as("cancelled calls").isGreaterThan(CALLERS / 10);
      nodes.answer(1);
      serve.awaitIdle();
      List<Reply> later = PeerCalls.to(serve).firstId(LATER).count(50).send();
      assertThat(later).extracting(Reply::outcome).containsOnly("OK 2/2");
      replies.addAll(later);
      LedgerCheck.agree(serve);
      new History(replies, nodes).delivered(History.Times.ONCE).agreesWith(serve.nodes());
      for (int node = 0; node < 2; node++) {
        assertThat(serve.node(nodes.address(node)).enqueued())
            .isEqualTo(nodes.record(node).received());
      }
      report.passed(
          "no message is lost or doubled, ledgers balance",
          "%d of %d cancelled, %d and %d messages enqueued and arrived"
              .formatted(
                  cancelled, CALLERS, nodes.record(0).received(), nodes.record(1).received()));
    }
  }
}
