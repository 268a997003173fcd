package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Ten nodes, one of them frozen and one slow. */
@Isolated
class IsolationIT {
  private static final int ROUNDS = 3;
  private int nextId = 1;

  private static final int RATE = 200;
  private static final Duration TIME = Duration.ofSeconds(6);

  @FaultCase
  void frozenNodeAndSlowNodeCostTheOthersNothing() {
    try (PeerNodes healthy = PeerNodes.start(8);
        PeerNodes slow = PeerNodes.start(1);
        PeerNodes frozen = PeerNodes.start(1)) {
      List<String> all = new ArrayList<>(healthy.addresses());
      all.add(slow.address(0));
      all.add(frozen.address(0));
      try (ServeProcess serve = ServeProcess.connected(all, settings("queueSize=800"));
          PeerCalls.Running calls = PeerCalls.to(serve).perSecond(RATE).lasting(TIME).start()) {
        FaultReport report =
            new FaultReport("one of ten nodes frozen, one slow", () -> healthy.received(0));
        healthy.awaitReceived(0, RATE / 2);
        report.struck();
        final int before = healthy.received(0);
        slow.answerAfter(0, Duration.ofMillis(200));
        frozen.freeze();
        List<Reply> replies = calls.replies();

        assertThat(replies).extracting(Reply::status).containsOnly("OK");
        assertThat(replies.size()).isGreaterThan(RATE * 3);
        assertThat(replies)
            .flatExtracting(Reply::droppedNodes)
            .as("the bad nodes drop, and they alone")
            .hasSizeGreaterThan(100)
            .isSubsetOf(Set.of(slow.address(0), frozen.address(0)));
        for (String address : healthy.addresses()) {
          serve.awaitNode(address, "idle", NodeStatus::isIdle);
        }
        List<NodeStatus> ledgers = serve.nodes();
        new History(replies, healthy)
            .loadFlowed(healthy.address(0), before, RATE / 2)
            .delivered(History.Times.ONCE)
            .agreesWith(ledgers);
        for (NodeStatus ledger : ledgers) {
          if (healthy.addresses().contains(ledger.address())) {
            assertThat(ledger.dropped("queue_full") + ledger.failed()).as("%s", ledger).isZero();
          } else {
            System.out.println("IsolationIT: a bad one: " + ledger);
          }
        }
        report.passed(
            "the eight others lose nothing, and drop nothing",
            "lost 0 of %d, dropped 0".formatted(replies.size()));
      }
    }
  }

  /** Prints figures without assertions, because they depend on the machine. */
  @Test
  void throughputOfTheHealthyNodesWithAndWithoutTheBadOnes() {
    try (PeerNodes healthy = PeerNodes.start(8);
        PeerNodes slow = PeerNodes.start(1);
        PeerNodes frozen = PeerNodes.start(1)) {
      List<String> all = new ArrayList<>(healthy.addresses());
      all.add(slow.address(0));
      all.add(frozen.address(0));
      try (ServeProcess serve = ServeProcess.connected(all)) {
        throughput(serve, healthy); // Warms up.
        throughput(serve, healthy);
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
          double allWell = throughput(serve, healthy);
          slow.answerAfter(0, Duration.ofMillis(200));
          frozen.freeze();
          double withBadOnes = throughput(serve, healthy);
          slow.answer(0);
          frozen.thaw();
          for (String address : all) {
            serve.awaitNode(address, "idle", NodeStatus::isIdle);
          }
          ratios.add(withBadOnes / allWell);
        }
        Collections.sort(ratios);
        System.out.printf(
            "IsolationIT: deliveries/s to 8 healthy nodes of 10 when one is frozen and one slow,"
                + " against all well, closed loop: median %.2f of %d pairs, %.2f to %.2f%n",
            ratios.get(ROUNDS / 2), ROUNDS, ratios.getFirst(), ratios.getLast());
      }
    }
  }

  private double throughput(ServeProcess serve, PeerNodes healthy) {
    int before = received(healthy);
    JsonObject summary;
    try (PeerCalls.Running calls =
        PeerCalls.to(serve).firstId(nextId).concurrency(8).lasting(Duration.ofSeconds(2)).start()) {
      summary = calls.summary();
    }
    nextId += 1_000_000;
    return (received(healthy) - before) / summary.getDouble("seconds");
  }

  private static int received(PeerNodes nodes) {
    int sum = 0;
    for (int node = 0; node < nodes.addresses().size(); node++) {
      sum += nodes.received(node);
    }
    return sum;
  }
}
