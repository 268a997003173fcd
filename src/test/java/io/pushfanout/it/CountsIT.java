package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.ChildProcess;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A healthy node and a node that answers nothing, with two workers and a queue of twenty, that is
 * 22 messages. Replies, status, metrics and the nodes' records must agree.
 */
class CountsIT {
  private static final int HEALTHY = 0;
  private static final int STUCK = 1;
  private static final int ROOM = 22;
  private static final int SENT = 40;
  private static final int RECEIPTS = LongForm.or(2000, 60_000);

  private static ServeProcess serve(PeerNodes nodes, String... more) {
    nodes.hold(STUCK);
    List<String> assignments = new ArrayList<>(Arrays.asList(more));
    // Timeouts must not free the stuck node.
    assignments.addAll(List.of("workers=2", "queueSize=20", "rpcTimeout=60s"));
    return ServeProcess.connected(nodes.addresses(), settings(assignments.toArray(String[]::new)));
  }

  /**
   * Sends one call after the other, and at most as many at a time as the healthy node has room for.
   */
  private static List<Reply> send(ServeProcess serve, PeerNodes nodes, int count) {
    List<Reply> replies = new ArrayList<>();
    while (replies.size() < count) {
      int some = Math.min(ROOM, count - replies.size());
      replies.addAll(
          PeerCalls.to(serve).firstId(replies.size() + 1).count(some).concurrency(1).send());
      serve.awaitNode(nodes.address(HEALTHY), "idle", NodeStatus::isIdle);
    }
    return replies;
  }

  @Test
  void aReceiptCountsTheDeliveriesThatHaveEnded() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = serve(nodes);
        ChildProcess sent =
            ServeProcess.launch(
                List.of(
                    "broadcast",
                    "--to",
                    serve.grpc(),
                    "--wait",
                    "--timeout=3s",
                    "--output=json",
                    "x"))) {
      assertThat(sent.awaitExit(Duration.ofMinutes(1))).as("%s", sent).isZero();
      JsonObject reply = new JsonObject(sent.stdout());
      assertThat(reply.getString("msg")).isEqualTo("OK");
      assertThat(reply.getInteger("accepted")).isEqualTo(2);
      assertThat(reply.getInteger("waiting")).isZero();
      assertThat(reply.getInteger("delivered")).isEqualTo(1);
      assertThat(reply.getInteger("failed")).isZero();
      assertThat(reply.getInteger("pending")).isEqualTo(1);
    }
  }

  /**
   * Ten nodes, of which one takes messages and answers none: its deliveries expire in the queue, or
   * are in flight when the wait ends.
   */
  @Test
  void receiptsEqualTheMessagesThatNodesReceived() {
    try (PeerNodes nodes = PeerNodes.start(10);
        ServeProcess serve =
            ServeProcess.connected(
                nodes.addresses(),
                settings("queueSize=100000", "messageTTL=300ms", "rpcTimeout=8s"))) {
      // A cold program on a busy machine reads requests later than a wait ends early, 100 ms.
      PeerCalls.to(serve).firstId(RECEIPTS + 1).count(500).perSecond(500).send();
      // Held warm-up messages would keep the workers that the counted ones are to hang in.
      serve.awaitIdle();
      nodes.hold(9);
      List<Reply> replies = new ArrayList<>();
      while (replies.size() < RECEIPTS) {
        replies.addAll(
            PeerCalls.to(serve)
                .firstId(replies.size() + 1)
                .count(Math.min(RECEIPTS, 20_000))
                .perSecond(1000)
                .metadata("pushfanout-wait", "delivered")
                .with("--deadline", "4s")
                .send());
      }
      List<Set<Integer>> received = new ArrayList<>();
      nodes.records().values().forEach(record -> received.add(Set.copyOf(record.ids())));
      assertThat(replies).extracting(Reply::outcome).containsOnly("OK 10/10");
      List<Reply> wrong = replies.stream().filter(reply -> !agrees(reply, received)).toList();
      int delivered = replies.stream().mapToInt(Reply::delivered).sum();
      int failed = replies.stream().mapToInt(Reply::failed).sum();
      int pending = replies.stream().mapToInt(Reply::pending).sum();
      System.out.printf(
          "%d receipts, %d wrong: delivered %d, failed %d, pending %d%n",
          replies.size(), wrong.size(), delivered, failed, pending);
      assertThat(wrong).isEmpty();
      assertThat(delivered).isGreaterThan(RECEIPTS);
      assertThat(failed).isPositive();
      assertThat(pending).isPositive();
    }
  }

  private static boolean agrees(Reply receipt, List<Set<Integer>> received) {
    long arrived = received.stream().filter(ids -> ids.contains(receipt.id())).count();
    return receipt.delivered() + receipt.pending() == arrived
        && receipt.failed() == received.size() - arrived;
  }

  @Test
  void dropNewestRefusesMessagesWithoutRoomAndReportsThem() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = serve(nodes)) {
      List<Reply> replies = send(serve, nodes, SENT);
      assertThat(replies.subList(0, ROOM)).extracting(Reply::outcome).containsOnly("OK 2/2");
      List<Reply> partial = replies.subList(ROOM, SENT);
      assertThat(partial).extracting(Reply::outcome).containsOnly("PARTIAL 1/2");
      assertThat(partial).flatExtracting(Reply::droppedNodes).containsOnly(nodes.address(STUCK));
      assertThat(partial).extracting(Reply::code).containsOnly("1");

      NodeStatus stuck = serve.node(nodes.address(STUCK));
      assertThat(stuck.inFlight()).isEqualTo(2);
      assertThat(stuck.queued()).isEqualTo(20);
      assertThat(stuck.dropped("queue_full")).isEqualTo(SENT - ROOM);

      nodes.answer(STUCK);
      LedgerCheck.agree(serve);
      new History(replies, nodes).delivered(History.Times.ONCE).agreesWith(serve.nodes());
      Scrape metrics = serve.metrics();
      assertThat(metrics.broadcasts("ok")).isEqualTo(ROOM);
      assertThat(metrics.broadcasts("partial")).isEqualTo(SENT - ROOM);
      assertThat(nodes.record(STUCK).ids()).hasSize(ROOM);
      assertThat(nodes.record(HEALTHY).ids()).hasSize(SENT);
    }
  }

  @Test
  void dropOldestTakesAllAndKeepsTheLatest() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = serve(nodes, "overflowPolicy=DropOldest")) {
      List<Reply> replies = send(serve, nodes, SENT);
      assertThat(replies).extracting(Reply::outcome).containsOnly("OK 2/2");

      nodes.answer(STUCK);
      LedgerCheck.agree(serve);
      NodeStatus stuck = serve.node(nodes.address(STUCK));
      assertThat(stuck.enqueued()).isEqualTo(SENT);
      assertThat(stuck.dropped("evicted")).isEqualTo(SENT - ROOM);
      assertThat(nodes.record(STUCK).ids())
          .containsExactlyInAnyOrderElementsOf(ids(1, 2, SENT - 20 + 1, SENT));
      new History(replies, nodes)
          .delivered(nodes.address(HEALTHY), History.Times.ONCE)
          .deliveredBut(nodes.address(STUCK), SENT - ROOM, History.Times.ONCE)
          .agreesWith(serve.nodes());
    }
  }

  @Test
  void blockHoldsTheCallerUntilThereIsRoomOrItsTimeIsUp() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = serve(nodes, "overflowPolicy=Block")) {
      List<Reply> all = new ArrayList<>(send(serve, nodes, ROOM));
      assertThat(all).extracting(Reply::outcome).containsOnly("OK 2/2");

      Reply timedOut = PeerCalls.to(serve).firstId(101).sendOne();
      assertThat(timedOut.outcome()).isEqualTo("PARTIAL 1/2");
      assertThat(timedOut.droppedNodes()).containsExactly(nodes.address(STUCK));
      assertThat(timedOut.latencyUs()).isGreaterThan(950_000);

      // The caller's own deadline is nearer than the block timeout: the reply has the counts, and
      // not DEADLINE_EXCEEDED.
      Reply hurried = PeerCalls.to(serve).firstId(102).with("--deadline", "400ms").sendOne();
      assertThat(hurried.outcome()).isEqualTo("PARTIAL 1/2");

      // 12 callers wait for room when the node answers again.
      try (PeerCalls.Running held =
          PeerCalls.to(serve).firstId(103).count(12).concurrency(12).start()) {
        nodes.awaitReceived(HEALTHY, ROOM + 14);
        nodes.answer(STUCK);
        all.addAll(held.replies());
      }
      all.addAll(List.of(timedOut, hurried));
      assertThat(all.subList(ROOM, ROOM + 12)).extracting(Reply::outcome).containsOnly("OK 2/2");
      LedgerCheck.agree(serve);
      new History(all, nodes).delivered(History.Times.ONCE).agreesWith(serve.nodes());
    }
  }

  @Test
  void rejectTakesAMessageEverywhereOrNowhere() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = serve(nodes, "overflowPolicy=Reject")) {
      List<Reply> replies = send(serve, nodes, SENT);
      assertThat(replies.subList(0, ROOM)).extracting(Reply::outcome).containsOnly("OK 2/2");
      List<Reply> refused = replies.subList(ROOM, SENT);
      assertThat(refused).extracting(Reply::status).containsOnly("RESOURCE_EXHAUSTED");
      assertThat(refused).allSatisfy(reply -> assertThat(reply.retryMs()).isPositive());

      nodes.answer(STUCK);
      LedgerCheck.agree(serve);
      for (int node : List.of(HEALTHY, STUCK)) {
        NodeStatus ledger = serve.node(nodes.address(node));
        assertThat(ledger.enqueued()).isEqualTo(ROOM);
        assertThat(ledger.dropped("queue_full")).isEqualTo(SENT - ROOM);
        assertThat(nodes.record(node).ids()).containsExactlyInAnyOrderElementsOf(ids(1, ROOM));
      }
      assertThat(serve.metrics().broadcasts("rejected")).isEqualTo(SENT - ROOM);
    }
  }

  @Test
  void messagesThatGrowTooOldInTheQueueExpire() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = serve(nodes, "messageTTL=1s")) {
      List<Reply> replies = send(serve, nodes, ROOM);
      assertThat(replies).extracting(Reply::outcome).containsOnly("OK 2/2");
      String stuck = nodes.address(STUCK);
      serve.awaitNode(stuck, "rid of its queue", node -> node.expired() == 20);
      nodes.answer(STUCK);
      LedgerCheck.agree(serve);
      assertThat(serve.node(stuck).delivered()).isEqualTo(2);
      assertThat(nodes.record(STUCK).ids()).containsExactlyInAnyOrder(1, 2);
      new History(replies, nodes)
          .delivered(nodes.address(HEALTHY), History.Times.ONCE)
          .agreesWith(serve.nodes());
      assertThat(serve.metrics().sum("pushfanout_expired_total", Map.of())).isEqualTo(20);
    }
  }

  @Test
  void messageLargerThanTheQueueIsDroppedAsTooLarge() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = serve(nodes, "queueBytes=1Ki")) {
      Reply large = PeerCalls.to(serve).size(2000).sendOne();
      assertThat(large.outcome()).isEqualTo("DROPPED 0/2");
      assertThat(large.code()).isEqualTo("2");
      List<Reply> all = new ArrayList<>(List.of(large));
      all.addAll(PeerCalls.to(serve).firstId(2).size(100).count(3).send());
      nodes.awaitReceived(STUCK, 2);
      nodes.answer(STUCK);
      LedgerCheck.agree(serve);
      assertThat(serve.nodes())
          .allSatisfy(node -> assertThat(node.dropped("too_large")).isEqualTo(1));
      new History(all, nodes).delivered(History.Times.ONCE).agreesWith(serve.nodes());
      assertThat(serve.metrics().broadcasts("dropped")).isEqualTo(1);
    }
  }

  @Test
  void retriedMessageIsDeliveredInTheEndAndCountsOnce() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve =
            ServeProcess.connected(
                nodes.addresses(), settings("retry.maxAttempts=3", "retry.initialBackoff=20ms"))) {
      int unavailable = 14;
      int internal = 13;
      nodes.fail(0, unavailable, 2);
      nodes.fail(1, internal, 2);
      List<Reply> replies = PeerCalls.to(serve).count(10).send();
      assertThat(replies).extracting(Reply::outcome).containsOnly("OK 2/2");
      LedgerCheck.agree(serve);
      new History(replies, nodes)
          .delivered(nodes.address(0), History.Times.ONCE_OR_MORE)
          // INTERNAL is not a status to retry.
          .delivered(nodes.address(1), History.Times.ONCE)
          .agreesWith(serve.nodes());
      assertThat(nodes.record(0).received()).isEqualTo(30);
      assertThat(serve.node(nodes.address(0)).delivered()).isEqualTo(10);
      assertThat(serve.node(nodes.address(1)).failed()).isEqualTo(10);
      assertThat(serve.metrics().sum("pushfanout_failed_total", Map.of("code", "INTERNAL")))
          .isEqualTo(10);
    }
  }

  /** Returns the numbers of one or more ranges, each from its first to its last. */
  private static List<Integer> ids(int... firstsAndLasts) {
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < firstsAndLasts.length; i += 2) {
      IntStream.rangeClosed(firstsAndLasts[i], firstsAndLasts[i + 1]).forEach(ids::add);
    }
    return ids;
  }
}
