package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.it.History.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A SIGKILL of the server, under load and with queues that are not empty. */
class ManagerKilledIT {
  private static final int RATE = LongForm.or(500, 2000);

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
