package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.it.NodeRecord.Arrival;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Callers and connect-nodes on another gRPC implementation. */
class InteropIT {
  /** Field 20 with a text and field 21 with a number, both unknown to the contract. */
  private static final String UNKNOWN = "a20103616263a8012a";

  private static final String BROADCAST = "/protocol.PushServer/Broadcast";
  private static final String TO_ROOM = "/protocol.PushServer/BroadcastToRoom";

  @Test
  void eachNodeReceivesEachMessageOnceAndByteForByte() {
    try (PeerNodes nodes = PeerNodes.recordingCalls(3);
        ServeProcess serve = ServeProcess.connected(nodes.addresses())) {
      List<Reply> all = new ArrayList<>();
      Map<Integer, String> methods = new HashMap<>();
      send(all, methods, BROADCAST, PeerCalls.to(serve).count(20));
      send(all, methods, TO_ROOM, PeerCalls.to(serve).count(20).room("lobby"));
      send(all, methods, BROADCAST, PeerCalls.to(serve).count(20).with("--unknown", UNKNOWN));
      send(
          all,
          methods,
          TO_ROOM,
          PeerCalls.to(serve).count(20).room("r").with("--unknown", UNKNOWN).size(300));
      send(all, methods, BROADCAST, PeerCalls.to(serve).count(20).with("--gzip").size(5000));
      send(all, methods, TO_ROOM, PeerCalls.to(serve).count(5).room("r").with("--gzip"));
      send(all, methods, BROADCAST, PeerCalls.to(serve).count(5).size(0));
      send(all, methods, BROADCAST, PeerCalls.to(serve).count(5).size(1 << 20));
      send(all, methods, TO_ROOM, PeerCalls.to(serve).count(2).room("r").size(1 << 20));
      serve.awaitIdle();

      assertThat(all).extracting(Reply::outcome).containsOnly("OK 3/3");
      assertThat(all).extracting(Reply::code).containsOnly("0");
      new History(all, nodes).delivered(History.Times.ONCE).agreesWith(serve.nodes());
      LedgerCheck.agree(serve);
      Map<Integer, String> sent = all.stream().collect(Collectors.toMap(Reply::id, Reply::sha256));
      for (int node = 0; node < 3; node++) {
        for (Arrival arrival : nodes.record(node).arrivals()) {
          assertThat(arrival.sha256())
              .as("bytes of %s at node %d", arrival, node)
              .isEqualTo(sent.get(arrival.id()));
          assertThat(arrival.method()).isEqualTo(methods.get(arrival.id()));
        }
      }
    }
  }

  private static void send(
      List<Reply> all, Map<Integer, String> methods, String method, PeerCalls calls) {
    List<Reply> replies = calls.firstId(all.size() + 1).send();
    replies.forEach(reply -> methods.put(reply.id(), method));
    all.addAll(replies);
  }

  @Test
  void byDefaultTenCallsAreInFlightAndEachHasFiveSeconds() {
    try (PeerNodes nodes = PeerNodes.recordingCalls(1);
        ServeProcess serve = ServeProcess.connected(nodes.addresses())) {
      nodes.hold(0);
      List<Reply> replies = PeerCalls.to(serve).count(15).send();
      nodes.awaitReceived(0, 10);
      assertThat(serve.node(nodes.address(0)))
          .extracting(NodeStatus::inFlight, NodeStatus::queued)
          .containsExactly(10L, 5L);
      assertThat(nodes.record(0).mostConcurrent()).isEqualTo(10);

      // The node never answers: the first ten calls end by timeout, and five more arrive.
      nodes.awaitReceived(0, 15);
      serve.awaitNode(nodes.address(0), "rid of ten", node -> node.failed() == 10);
      nodes.answer(0);
      serve.awaitIdle();

      List<Arrival> arrivals = nodes.record(0).arrivals();
      assertThat(arrivals.get(10).atMs() - arrivals.get(9).atMs())
          .as("ms between the tenth call and the eleventh")
          .isGreaterThan(4000);
      assertThat(arrivals)
          .extracting(Arrival::deadlineMs)
          .allSatisfy(left -> assertThat(left).isBetween(4000L, 5000L));
      assertThat(arrivals.subList(0, 10))
          .allSatisfy(
              arrival -> {
                assertThat(arrival.ended()).isIn("deadline", "cancelled");
                assertThat(arrival.endedMs()).isBetween(4000L, 6000L);
              });
      NodeStatus ledger = serve.node(nodes.address(0));
      assertThat(ledger.failed()).isEqualTo(10);
      assertThat(ledger.delivered()).isEqualTo(5);
      assertThat(
              serve.metrics().sum("pushfanout_failed_total", Map.of("code", "DEADLINE_EXCEEDED")))
          .isEqualTo(10);
      new History(replies, nodes).delivered(History.Times.ONCE).agreesWith(serve.nodes());
      LedgerCheck.agree(serve);
    }
  }

  @Test
  void oneWorkerKeepsTheOrder() {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = ServeProcess.connected(nodes.addresses(), settings("workers=1"))) {
      List<Reply> replies = PeerCalls.to(serve).count(500).send();
      serve.awaitIdle();
      new History(replies, nodes)
          .delivered(History.Times.ONCE)
          .inOrder(nodes.address(0))
          .inOrder(nodes.address(1))
          .agreesWith(serve.nodes());
    }
  }
}
