package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.it.History.Times;
import io.pushfanout.tools.Ports;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Three replicas that are replaced one after the other under a high load. The caller has a
 * connection to each replica, and repeats UNAVAILABLE calls at the next one.
 */
@Isolated
class RollingRestartIT {
  private static final int RATE = LongForm.or(1000, 3000);
  private static final int REPLICAS = 3;

  @FaultCase
  void aCallerThatRetriesSeesNoFailureAndEveryAcceptedMessageArrivesOnce() {
    List<Integer> ports = Stream.generate(Ports::free).limit(REPLICAS).toList();
    List<ServeProcess> replicas = new ArrayList<>();
    try (PeerNodes unary = PeerNodes.start(2);
        PeerNodes streaming = PeerNodes.streaming(1)) {
      List<String> nodes = new ArrayList<>(unary.addresses());
      nodes.addAll(streaming.addresses());
      ports.forEach(port -> replicas.add(replica(port, nodes)));
      List<String> targets = replicas.stream().map(ServeProcess::grpc).toList();
      try (PeerCalls.Running calls =
          PeerCalls.to(String.join(",", targets))
              .perSecond(RATE)
              .lasting(Duration.ofMinutes(5))
              .with("--retry-unavailable")
              .start()) {
        unary.awaitReceived(0, 2 * RATE); // Warm.
        FaultReport report =
            new FaultReport("rolling restart of three replicas", () -> unary.received(0));
        unary.awaitReceived(0, unary.received(0) + LongForm.or(1, 10) * RATE);
        final int before = unary.received(0);
        report.struck();
        long slowest = 0;
        for (int i = 0; i < REPLICAS; i++) {
          slowest = Math.max(slowest, restart(replicas, i, ports.get(i), nodes));
        }
        int after = unary.received(0);
        unary.awaitReceived(0, after + LongForm.or(1, 10) * RATE);
        JsonObject summary = calls.stop().summary();
        List<Reply> replies = calls.replies();
        replicas.forEach(ServeProcess::awaitIdle);

        Map<String, NodeRecord> records = new LinkedHashMap<>(unary.records());
        records.putAll(streaming.records());
        History history =
            new History(replies, records)
                .all("OK 3/3")
                .loadFlowed(unary.address(0), before, RATE)
                .delivered(Times.ONCE);
        report.passed(
            "0 calls fail, every accepted message reaches every node once",
            ("%.0f broadcasts/s in all, %d accepted, 0 failed, 0 lost, 0 doubled; %d attempts"
                    + " repeated; slowest answer %.0f ms; a replica stopped within %d ms")
                .formatted(
                    replies.size() / summary.getDouble("seconds"),
                    history.accepted(unary.address(0)),
                    replies.stream().mapToInt(reply -> reply.retried().size()).sum(),
                    summary.getLong("maxUs") / 1e3,
                    slowest));
        System.out.println("RollingRestartIT: repeated because of " + reasons(replies));
        assertThat(replies.stream().flatMap(reply -> reply.retried().stream()))
            .as("the end of a connection that did not say whether the call was taken")
            .noneMatch(message -> message.contains("reset") || message.contains("EOF"));
      }
    } finally {
      replicas.forEach(ServeProcess::close);
    }
  }

  /**
   * Replaces a replica, and returns once the new one has a share of the load.
   *
   * @return the milliseconds that the old replica took to end
   */
  private static long restart(
      List<ServeProcess> replicas, int index, int port, List<String> nodes) {
    ServeProcess old = replicas.get(index);
    long since = System.nanoTime();
    old.terminate();
    assertThat(old.awaitExit(Duration.ofSeconds(60))).isZero();
    final long took = Duration.ofNanos(System.nanoTime() - since).toMillis();
    assertThat(old.lastLine())
        .isEqualTo(
            "pushfanout: stopped: 0 queued messages dropped (shutdown), 0 deliveries cancelled");
    ServeProcess fresh = replica(port, nodes);
    replicas.set(index, fresh);
    await()
        .alias("the new one has its share")
        .atMost(Duration.ofMinutes(2))
        .until(() -> fresh.nodes().stream().allMatch(node -> node.delivered() > RATE / 10));
    return took;
  }

  private static ServeProcess replica(int port, List<String> nodes) {
    List<String> flags = new ArrayList<>(List.of("--grpc-port=" + port));
    // Messages wait rather than being dropped or growing too old, under any other load of this
    // machine.
    flags.addAll(List.of(settings("workers=100", "queueSize=500000", "messageTTL=0s")));
    return ServeProcess.connected(nodes, flags.toArray(String[]::new));
  }

  /** Returns the frequency of each reason, without the addresses that differ between calls. */
  private static Map<String, Integer> reasons(List<Reply> replies) {
    Map<String, Integer> reasons = new TreeMap<>();
    replies.forEach(
        reply ->
            reply
                .retried()
                .forEach(
                    message ->
                        reasons.merge(message.replaceAll("[0-9.]+:[0-9]+", "…"), 1, Integer::sum)));
    return reasons;
  }
}
