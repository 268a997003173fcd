package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.queue.NodeLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Settings and nodes that change while messages flow. */
class LiveResizeIT {
  private static final int RESIZES = LongForm.or(200, 1000);
  private static final int RATE = 1000;

  @Test
  void resizesUnderLoadLoseAndDoubleNothing() throws Exception {
    Random random = new Random(7);
    try (PeerNodes nodes = PeerNodes.start(3);
        LiveManager manager = new LiveManager()) {
      // 2 ms at one node fill and empty its queue as workers come and go.
      nodes.answerAfter(1, Duration.ofMillis(2));
      manager.apply(nodes.addresses(), s -> s);
      try (PeerCalls.Running calls = load(manager)) {
        nodes.awaitReceived(0, RATE);
        int before = nodes.received(0);
        for (int i = 0; i < RESIZES; i++) {
          manager.apply(
              nodes.addresses(),
              s ->
                  s.workers(1 + random.nextInt(64))
                      .queueSize(1 + random.nextInt(5000))
                      .queueBytes(1L << (10 + random.nextInt(20)))
                      .rpcTimeout(Duration.ofSeconds(5 + random.nextInt(5))));
          Thread.sleep(Duration.ofMillis(10)); // The pace of the resizes, nothing waits for it.
        }
        check(nodes, manager, calls, before, 10).delivered(History.Times.ONCE);
      }
    }
  }

  @Test
  void orderHoldsWithOneWorkerThroughResizesOfTheQueue() throws Exception {
    Random random = new Random(8);
    try (PeerNodes nodes = PeerNodes.start(2);
        LiveManager manager = new LiveManager()) {
      nodes.answerAfter(1, Duration.ofMillis(1));
      manager.apply(nodes.addresses(), s -> s.workers(1));
      // One caller, one call at a time: only such calls have an order to keep.
      try (PeerCalls.Running calls =
          PeerCalls.to(manager.grpc()).concurrency(1).lasting(Duration.ofSeconds(50)).start()) {
        nodes.awaitReceived(0, RATE / 2);
        int before = nodes.received(0);
        for (int i = 0; i < RESIZES / 4; i++) {
          manager.apply(nodes.addresses(), s -> s.workers(1).queueSize(1 + random.nextInt(3000)));
          Thread.sleep(Duration.ofMillis(10));
        }
        History history = check(nodes, manager, calls, before, 1).delivered(History.Times.ONCE);
        nodes.addresses().forEach(history::inOrder);
      }
    }
  }

  @Test
  void nodesThatRetireAndComeBackWithinTheirDrainTimeLoseNothing() throws Exception {
    Random random = new Random(9);
    try (PeerNodes nodes = PeerNodes.start(3);
        LiveManager manager = new LiveManager()) {
      nodes.answerAfter(1, Duration.ofMillis(2));
      nodes.answerAfter(2, Duration.ofMillis(20));
      manager.apply(nodes.addresses(), s -> s);
      try (PeerCalls.Running calls = load(manager)) {
        nodes.awaitReceived(0, RATE / 2);
        int before = nodes.received(0);
        for (int i = 0; i < RESIZES / 4; i++) {
          List<String> some = new ArrayList<>(nodes.addresses());
          // The first node stays, so that each broadcast has a node.
          some.subList(1, 3).removeIf(_ -> random.nextInt(3) == 0);
          manager.apply(some, s -> s.queueSize(5000));
          Thread.sleep(Duration.ofMillis(10));
        }
        manager.apply(nodes.addresses(), s -> s.queueSize(5000));
        List<Reply> replies = calls.stop().replies();
        await().atMost(Duration.ofSeconds(30)).until(manager::isQuiet);
        // The applier's timing decides which nodes a broadcast found; every enqueued message
        // arrives.
        long delivered = nodes.records().values().stream().mapToLong(r -> r.received()).sum();
        long accepted = replies.stream().mapToLong(Reply::accepted).sum();
        assertThat(before).as("load was flowing").isGreaterThan(RATE / 4);
        assertThat(delivered).isEqualTo(accepted).isEqualTo(manager.totals().delivered());
        nodes.records().forEach((node, r) -> assertThat(r.ids()).as(node).doesNotHaveDuplicates());
        new History(replies, nodes).delivered(nodes.address(0), History.Times.ONCE);
      }
    }
  }

  @Test
  void callsInFlightFollowWorkersWithinASecond() throws Exception {
    try (PeerNodes nodes = PeerNodes.start(1);
        LiveManager manager = new LiveManager()) {
      nodes.answerAfter(0, Duration.ofMillis(20));
      manager.apply(nodes.addresses(), s -> s.workers(1).queueSize(100_000));
      String node = nodes.address(0);
      long slowest = 0;
      try (PeerCalls.Running calls = load(manager)) {
        await().until(() -> manager.node(node).ledger().queued() > RATE);
        for (int workers : new int[] {10, 3, 40, 1, 25, 2, 60, 5, 30, 1}) {
          long since = System.nanoTime();
          manager.apply(nodes.addresses(), s -> s.workers(workers).queueSize(100_000));
          await()
              .atMost(Duration.ofSeconds(5))
              .pollInterval(Duration.ofMillis(1))
              .until(() -> manager.node(node).ledger().inFlight() == workers);
          slowest = Math.max(slowest, System.nanoTime() - since);
        }
        calls.stop();
        manager.apply(nodes.addresses(), s -> s.workers(200).queueSize(100_000));
        new History(calls.replies(), nodesAtRest(nodes, manager)).delivered(History.Times.ONCE);
      }
      Duration took = Duration.ofNanos(slowest);
      System.out.printf(
          "LiveResizeIT: calls in flight followed workers within %d ms%n", took.toMillis());
      // The promise is 1 s; the rest is for a machine that is busy with other tests.
      assertThat(took).isLessThan(Duration.ofSeconds(3));
    }
  }

  private static PeerCalls.Running load(LiveManager manager) {
    return PeerCalls.to(manager.grpc()).perSecond(RATE).lasting(Duration.ofSeconds(50)).start();
  }

  /** Ends the load, waits until all is delivered, and compares replies, records and ledgers. */
  private static History check(
      PeerNodes nodes, LiveManager manager, PeerCalls.Running calls, int before, int workers) {
    List<Reply> replies = calls.stop().replies();
    manager.apply(nodes.addresses(), s -> s.workers(workers));
    History history = new History(replies, nodesAtRest(nodes, manager));
    long dropped = 0;
    for (String address : nodes.addresses()) {
      NodeLedger ledger = manager.node(address).ledger();
      assertThat(ledger.balances()).as("%s", ledger).isTrue();
      assertThat(ledger.enqueued()).isEqualTo(history.accepted(address));
      assertThat(ledger.delivered()).isEqualTo(ledger.enqueued());
      dropped += ledger.dropped().values().stream().mapToLong(Long::longValue).sum();
    }
    System.out.printf(
        "LiveResizeIT: %d broadcasts, %d accepted by a node, %d dropped and said so, none lost%n",
        replies.size(), history.accepted(nodes.address(0)), dropped);
    return history.loadFlowed(nodes.address(0), before, RATE / 4);
  }

  private static PeerNodes nodesAtRest(PeerNodes nodes, LiveManager manager) {
    await().atMost(Duration.ofSeconds(30)).until(manager::isQuiet);
    return nodes;
  }
}
