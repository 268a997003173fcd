package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Callers that go away at once. */
class CancelIT {
  private static final int CALLERS = 1000;
  private static final int WARM_UP = 500;
  private static final int LATER = 1_000_000;

  /** A node that answers nothing makes callers wait. */
  private static final String[] HOLDING_CALLERS =
      settings(
          "overflowPolicy=Block", "blockTimeout=60s", "queueSize=5", "workers=2", "rpcTimeout=60s");

  /** A server that has just started answers nobody before he cancels. */
  private static List<Reply> warmUp(ServeProcess serve) {
    List<Reply> replies = PeerCalls.to(serve).count(WARM_UP).send();
    serve.awaitIdle();
    return replies;
  }

  /** All at the same time, and gone before most of them can have an answer. */
  private static List<Reply> impatient(ServeProcess serve) {
    return PeerCalls.to(serve)
        .firstId(WARM_UP + 1)
        .count(CALLERS)
        .concurrency(CALLERS)
        .with("--cancel-within", "20ms")
        .send();
  }

  /** A few at a time: some have their answer, some are cancelled while it is on its way. */
  private static List<Reply> hesitant(ServeProcess serve) {
    return PeerCalls.to(serve)
        .firstId(WARM_UP + CALLERS + 1)
        .count(CALLERS)
        .concurrency(10)
        .with("--cancel-within", "5ms")
        .send();
  }

  @Test
  void cancelledCallsReachAllNodesOrNone() {
    try (PeerNodes nodes = PeerNodes.start(3);
        ServeProcess serve =
            ServeProcess.connected(nodes.addresses(), settings("queueSize=100000"))) {
      List<Reply> replies = new ArrayList<>(warmUp(serve));
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
      System.out.printf(
          "CancelIT: %d of %d cancelled, %d messages delivered%n",
          cancelled, 2 * CALLERS, nodes.record(0).received());
    }
  }

  @Test
  void callerThatReadsNoAnswersAndDiesIsNoNews() {
    // Answers of more than the 64 KiB that HTTP/2 lets wait on the way to it.
    int calls = 4000;
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = ServeProcess.connected(nodes.addresses(), HOLDING_CALLERS)) {
      nodes.hold(1);
      try (PeerCalls.Running deaf =
          PeerCalls.to(serve).concurrency(calls).count(calls).with("--deadline", "60s").start()) {
        nodes.awaitReceived(0, calls);
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
      assertThat(serve.stderr()).as("what the server says about it").doesNotContain("rror");
    }
  }

  @Test
  void callersThatCancelWhileTheyAreHeldLeaveNothingBehind() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = ServeProcess.connected(nodes.addresses(), HOLDING_CALLERS)) {
      List<Reply> replies = new ArrayList<>(warmUp(serve));
      nodes.hold(1);
      replies.addAll(impatient(serve));
      assertThat(replies.stream().filter(Reply::isOpen).count())
          .as("cancelled calls")
          .isGreaterThan(CALLERS / 10);
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
    }
  }
}
