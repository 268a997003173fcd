package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.it.EditedFile.Way;
import io.pushfanout.text.DurationFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running server's file that a test edits again and again while messages flow. */
class ConfigEditsIT {
  private static final int EDITS = LongForm.or(300, 1000);

  /** Maximum of edits before one wait for the file's text to be in force. */
  private static final int MOST_AT_A_TIME = 30;

  private static final int RATE = 300;
  private static final Duration PROMISED = Duration.ofSeconds(2);

  /**
   * Base of {@code rpcTimeout}; the timeout of an edit adds the edit's number in ms, which
   * identifies the edit.
   */
  private static final Duration RPC_TIMEOUT = Duration.ofSeconds(10);

  @TempDir private Path directory;
  private final Random random = new Random(11);

  @Test
  void editsUnderLoadLoseAndDoubleNothing() throws Exception {
    EditedFile file = new EditedFile(directory, "chat.yaml");
    try (PeerNodes nodes = PeerNodes.start(4)) {
      // Two nodes are slower than the load at times, so that queues fill and empty.
      nodes.answerAfter(1, Duration.ofMillis(2));
      nodes.answerAfter(2, Duration.ofMillis(100));
      file.write(Way.IN_PLACE, calm(nodes, 0));
      try (ServeProcess serve =
              ServeProcess.connected(List.of(), "--config=" + directory, "--log-level=warn");
          PeerCalls.Running calls = load(serve, nodes)) {
        nodes.awaitReceived(0, RATE);
        int before = nodes.received(0);
        long loadsBefore = loads(serve);
        Edits edits = edit(file, serve, nodes);
        long loads = loads(serve) - loadsBefore;
        List<Reply> replies = calls.stop().replies();
        file.write(Way.RENAMED_OVER, calm(nodes, EDITS + 1));
        awaitInForce(serve, EDITS + 1);
        serve.awaitIdle();

        assertThat(replies).extracting(Reply::status).isSubsetOf("OK", "RESOURCE_EXHAUSTED");
        History history = new History(replies, nodes).loadFlowed(nodes.address(0), before, RATE);
        long evicted = arrivedAllBut(serve, history, nodes);
        System.out.printf(
            "ConfigEditsIT: %d edits, %d loads, %d broadcasts, %d accepted, %d dropped and said so,"
                + " %d rejected, %d evicted, none lost or doubled; in force within %d ms, the last"
                + " within %d%n",
            EDITS,
            loads,
            replies.size(),
            replies.stream().mapToLong(Reply::accepted).sum(),
            replies.stream().mapToLong(Reply::dropped).sum(),
            replies.stream().filter(reply -> !reply.isOk()).count(),
            evicted,
            edits.slowest().toMillis(),
            edits.last().toMillis());
        assertThat(loads)
            .as("different texts in force")
            .isGreaterThanOrEqualTo(EDITS / MOST_AT_A_TIME);
        assertThat(edits.slowest()).isLessThan(PROMISED.multipliedBy(3));
        assertThat(serve.metrics().broadcasts("partial")).as("full queues").isPositive();
        assertThat(serve.metrics().broadcasts("rejected")).as("refusals").isPositive();
      }
    }
  }

  /**
   * Starts calls that name their nodes: the server drops a named node outside the fanout by name,
   * so each reply accounts for each node.
   */
  private static PeerCalls.Running load(ServeProcess serve, PeerNodes nodes) {
    return PeerCalls.to(serve)
        .metadata("pushfanout-nodes", String.join(",", nodes.addresses()))
        .perSecond(RATE)
        .lasting(Duration.ofMinutes(2))
        .start();
  }

  private record Edits(Duration slowest, Duration last) {}

  /**
   * Writes batches of edits a few milliseconds apart, and waits for the last edit of each batch.
   */
  private Edits edit(EditedFile file, ServeProcess serve, PeerNodes nodes) throws Exception {
    Way[] ways = Way.values();
    Duration slowest = Duration.ZERO;
    Duration last = Duration.ZERO;
    for (int edit = 1; edit <= EDITS; ) {
      int upTo = Math.min(EDITS, edit + random.nextInt(MOST_AT_A_TIME));
      for (; edit <= upTo; edit++) {
        file.write(ways[random.nextInt(ways.length)], wild(nodes, edit));
        Thread.sleep(random.nextInt(8)); // The pace of the edits, nothing waits for it.
      }
      last = awaitInForce(serve, upTo);
      slowest = last.compareTo(slowest) > 0 ? last : slowest;
    }
    return new Edits(slowest, last);
  }

  private static Duration awaitInForce(ServeProcess serve, int edit) {
    String mark = DurationFormat.format(mark(edit));
    long since = System.nanoTime();
    await()
        .alias("edit " + edit + " is in force")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              FanoutStatus fanout = serve.fanout("prod/chat");
              assertThat(fanout.nodes()).allMatch(NodeStatus::balances);
              return fanout.settings().getString("rpcTimeout").equals(mark);
            });
    return Duration.ofNanos(System.nanoTime() - since);
  }

  /**
   * Asserts that each node received its accepted messages once, except for the evicted ones that
   * the ledgers count.
   *
   * @return the number of evicted messages
   */
  private static long arrivedAllBut(ServeProcess serve, History history, PeerNodes nodes) {
    Scrape metrics = serve.metrics();
    long evicted = metrics.sum("pushfanout_dropped_total", Map.of("reason", "evicted"));
    long accepted = 0;
    long arrived = 0;
    for (int node = 0; node < nodes.addresses().size(); node++) {
      history.deliveredBut(nodes.address(node), evicted, History.Times.ONCE);
      accepted += history.accepted(nodes.address(node));
      arrived += nodes.received(node);
    }
    assertThat(arrived).isEqualTo(accepted - evicted);
    // A fanout's sums outlive the clients of nodes that left.
    assertThat(metrics.sum("pushfanout_enqueued_total", Map.of())).isEqualTo(accepted);
    assertThat(metrics.sum("pushfanout_delivered_total", Map.of())).isEqualTo(arrived);
    assertThat(serve.nodes()).allMatch(NodeStatus::balances);
    return evicted;
  }

  private static long loads(ServeProcess serve) {
    return serve.metrics().sum("pushfanout_config_generation", Map.of());
  }

  private static Duration mark(int edit) {
    return RPC_TIMEOUT.plusMillis(edit);
  }

  /** Returns a text with all nodes, and with room and workers for all messages under way. */
  private static String calm(PeerNodes nodes, int edit) {
    return text(nodes.addresses(), edit, "DropNewest", 200, 100_000, "");
  }

  private String wild(PeerNodes nodes, int edit) {
    List<String> some = new ArrayList<>(nodes.addresses());
    // The first node stays: a fanout has at least one node.
    some.subList(1, some.size()).removeIf(_ -> random.nextInt(4) == 0);
    return switch (random.nextInt(4)) {
      // DropOldest evicts accepted messages, so its queue is too large to fill.
      case 0 -> text(some, edit, "DropOldest", workers(), 100_000, "");
      case 1 -> text(some, edit, "Block", workers(), queueSize(), override(nodes));
      case 2 -> text(some, edit, "Reject", workers(), queueSize(), override(nodes));
      default -> text(some, edit, "DropNewest", workers(), queueSize(), override(nodes));
    };
  }

  private int workers() {
    return 1 + random.nextInt(32);
  }

  private int queueSize() {
    return 1 + random.nextInt(500);
  }

  private String override(PeerNodes nodes) {
    return random.nextInt(3) == 0
        ? ""
        : """
          overrides:
            - {name: some, nodes: ["%s"], workers: %d, queueSize: %d}
        """
            .formatted(nodes.address(random.nextInt(4)), workers(), queueSize());
  }

  private static String text(
      List<String> nodes, int edit, String policy, int workers, int queueSize, String overrides) {
    return """
    apiVersion: pushfanout.io/v1alpha1
    kind: PushFanout
    metadata: {namespace: prod, name: chat}
    spec:
      discovery: {static: {nodes: ["%s"]}}
      rpcTimeout: %dms
      messageTTL: 0s
      overflowPolicy: %s
      blockTimeout: 20ms
      workers: %d
      queueSize: %d
    """
            .formatted(
                String.join("\", \"", nodes), mark(edit).toMillis(), policy, workers, queueSize)
        + overrides;
  }
}
