package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.it.History.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** A SIGKILL of the server, under load and with queues that are not empty. */
class ManagerKilledIT {
  private static final int RATE = LongForm.or(500, 2000);
  private static final Duration SOON = Duration.ofSeconds(30);

  @FaultCase
  void whatIsLostIsAtMostWhatTheLedgerShowedAsQueuedAndInFlight() {
    try (PeerNodes unary = PeerNodes.start(2);
        PeerNodes streaming = PeerNodes.streaming(1)) {
      List<String> addresses = new ArrayList<>(unary.addresses());
      addresses.addAll(streaming.addresses());
      // Ten workers at 40 ms take 250 messages a second, and one stream at 4 ms takes as many.
      unary.answerAfter(1, Duration.ofMillis(40));
      streaming.answerAfter(0, Duration.ofMillis(4));
      try (ServeProcess serve =
              ServeProcess.connected(
                  addresses, settings("queueSize=20000", "delivery.window=20", "messageTTL=0s"));
          PeerCalls.Running calls =
              PeerCalls.to(serve)
                  .perSecond(RATE)
                  .lasting(Duration.ofMinutes(2))
                  .with("--stop-on-unavailable")
                  .start()) {
        FaultReport report =
            new FaultReport(
                "manager killed (SIGKILL)", () -> serve.node(unary.address(0)).enqueued());
        unary.awaitReceived(0, 2 * RATE);
        serve.awaitNode(unary.address(1), "behind", node -> node.queued() >= RATE / 2);
        serve.awaitNode(streaming.address(0), "behind", node -> node.queued() >= RATE / 4);
        report.struck();
        List<NodeStatus> last = serve.nodes();
        serve.kill();
        List<Reply> replies = calls.replies();

        Map<String, NodeRecord> records = new LinkedHashMap<>(atRest(unary));
        records.putAll(atRest(streaming));
        assertThat(replies).extracting(Reply::status).contains("OK", "UNAVAILABLE");
        long broken = replies.stream().filter(ManagerKilledIT::isBroken).count();
        for (NodeStatus ledger : last) {
          String address = ledger.address();
          History history =
              new History(replies, records)
                  .unknown(ManagerKilledIT::isBroken)
                  .all("OK 3/3", "UNAVAILABLE");
          assertThat(ledger.balances()).as("%s", ledger).isTrue();
          long later = Math.max(0, history.accepted(address) - ledger.enqueued());
          long bound = ledger.queued() + ledger.inFlight() + later + broken;
          history.deliveredBut(address, bound, Times.ONCE);
          if (address.equals(unary.address(0))) {
            continue; // Its queue was empty.
          }
          report.passed(
              address.equals(streaming.address(0)) ? "streams" : "unary calls",
              "lost at most what the ledger showed as queued and in flight",
              ("lost %d of %d; the last ledger had %d queued and %d in flight, %d were accepted"
                      + " after it, %d calls ended without an answer")
                  .formatted(
                      history.lost(address),
                      history.accepted(address),
                      ledger.queued(),
                      ledger.inFlight(),
                      later,
                      broken));
        }
      }
    }
  }

  /** The replicas differ in their way to the nodes: a double may come by either. */
  @FaultCase
  void usersSeeEachMessageOnceWhenCallersRepeatItAtAnotherReplica() {
    try (NodeProcess first = NodeProcess.start();
        NodeProcess second = NodeProcess.start();
        ServeProcess killed = replica("Stream", first, second);
        ServeProcess other = replica("Unary", first, second);
        RepeatedCalls calls = new RepeatedCalls(2, killed, other)) {
      calls.send(RATE / 4, RATE);
      FaultReport report = new FaultReport("replica killed (SIGKILL)", () -> calls.proven().size());
      calls.send(RATE / 2, RATE);
      report.struck();
      // Without the second node no call has a reply: the first node has all, and gets them again.
      second.freeze();
      calls.send(RATE / 2, RATE);
      int frozen = calls.sent();
      await().atMost(SOON).until(() -> first.record().ids().size() == frozen);
      killed.kill();
      await().atMost(SOON).until(() -> calls.repeated().size() >= RATE / 8);
      second.thaw();
      calls.send(RATE / 2, RATE);
      await()
          .atMost(SOON)
          .until(() -> calls.proven().size() + calls.unproven().size() == calls.sent());
      other.awaitIdle();

      assertThat(calls.unproven()).isEmpty();
      List<Integer> doubles = new ArrayList<>(first.record().ids().subList(0, frozen));
      doubles.retainAll(calls.repeated());
      assertThat(doubles).as("messages that came twice").hasSizeGreaterThan(RATE / 8);
      Map<String, NodeRecord> records = new LinkedHashMap<>();
      for (NodeProcess node : List.of(first, second)) {
        await().atMost(SOON).until(() -> node.record().received() >= calls.sent());
        records.put(node.address(), node.record());
      }
      List<Reply> replies =
          IntStream.rangeClosed(1, calls.sent()).mapToObj(ManagerKilledIT::proven).toList();
      new History(replies, records).delivered(Times.ONCE);
      report.passed(
          "callers repeat with one id at another replica",
          "users see each message once",
          "missing 0 and seen twice 0 of %d at each node; %d repeated, %d of them doubles"
              .formatted(calls.sent(), calls.repeated().size(), doubles.size()));
    }
  }

  private static ServeProcess replica(String mode, NodeProcess... nodes) {
    return ServeProcess.connected(
        Arrays.stream(nodes).map(NodeProcess::address).toList(),
        settings("delivery.mode=" + mode, "queueSize=20000", "rpcTimeout=20s"));
  }

  /** Returns the record of a broadcast that both nodes have, as its receipt proves. */
  private static Reply proven(int id) {
    return new Reply(id, "", "OK", "", 0, "0", "OK", "", 2, 2, 0, Set.of(), 2, 0, 0, 0, List.of());
  }

  /**
   * Returns whether the call's connection died before a reply, so that its acceptance is undecided.
   */
  private static boolean isBroken(Reply reply) {
    return reply.status().equals("UNAVAILABLE") && !reply.message().contains("refused");
  }

  /** Returns the records after the kill, once each node has read its connections to their end. */
  private static Map<String, NodeRecord> atRest(PeerNodes nodes) {
    for (int node = 0; node < nodes.addresses().size(); node++) {
      nodes.awaitNoneOpen(node);
    }
    return nodes.records();
  }
}
