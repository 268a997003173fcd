package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Messages of a megabyte, more than there is memory for, and nodes that take none of them: the
 * process stays within its container's limit, and the healthy nodes get every accepted message.
 */
@Isolated
class MemoryLimitIT {
  /**
   * @param limitMib of the container
   * @param flags of the JVM in the container, see "Memory" in docs/operations.md
   * @param callers of frozen nodes, each with a connection of its own
   * @param hogRate messages a second for each frozen node
   * @param rate messages a second for all nodes
   */
  private record Scale(
      int limitMib,
      String flags,
      int healthy,
      int frozen,
      int callers,
      int hogRate,
      int rate,
      Duration time) {
    static final Scale SMALL =
        new Scale(512, "-Xmx204m -XX:MaxDirectMemorySize=64m", 4, 4, 80, 10, 10, ofSeconds(8));

    static final Scale FULL =
        new Scale(1024, "-Xmx614m -XX:MaxDirectMemorySize=128m", 80, 20, 1000, 5, 2, ofSeconds(40));

    static Scale wanted() {
      return Boolean.getBoolean("pushfanout.long") ? FULL : SMALL;
    }
  }

  private static final int MEGABYTE = 1_000_000;

  private final Scale scale = Scale.wanted();

  @Test
  void frozenNodesAndMegabytesFromManyCallersNeitherKillItNorStarveTheHealthy() {
    try (PeerNodes healthy = PeerNodes.start(scale.healthy());
        PeerNodes frozen = PeerNodes.start(scale.frozen())) {
      List<String> all = new ArrayList<>(healthy.addresses());
      all.addAll(frozen.addresses());
      try (ServeProcess serve =
          ServeProcess.connectedWithin(
              scale.flags(),
              all,
              settings("queueBytes=64Mi", "queueSize=1000", "messageTTL=1h", "rpcTimeout=1m"))) {
        frozen.freeze();
        run(serve, healthy, frozen);
      }
    }
  }

  private void run(ServeProcess serve, PeerNodes healthy, PeerNodes frozen) {
    List<PeerCalls.Running> hogs =
        frozen.addresses().stream()
            .map(node -> calls(serve).metadata("pushfanout-nodes", node))
            .map(calls -> calls.connections(scale.callers() / scale.frozen()))
            .map(calls -> calls.perSecond(scale.hogRate()).start())
            .toList();
    List<Reply> replies = calls(serve).perSecond(scale.rate()).connections(10).send();
    List<Reply> hogged = hogs.stream().flatMap(hog -> hog.replies().stream()).toList();
    hogs.forEach(PeerCalls.Running::close);
    healthy.addresses().forEach(node -> serve.awaitNode(node, "idle", NodeStatus::isIdle));

    long peakMib = status(serve, "VmHWM") >> 10;
    report(serve, replies, hogged, peakMib);
    assertThat(peakMib).isLessThan(scale.limitMib());
    assertThat(shed(serve, frozen)).as("the budget was reached").isPositive();
    assertThat(shed(serve, healthy)).as("of the healthy nothing is thrown out").isZero();
    assertThat(replies.stream().filter(Reply::isOk).count())
        .as("broadcasts go on")
        .isGreaterThan(replies.size() / 4);
    for (Reply reply : replies) {
      assertThat(
              reply.isOk() || (reply.status().equals("RESOURCE_EXHAUSTED") && reply.retryMs() > 0))
          .as("%s", reply)
          .isTrue();
    }
    History history = new History(replies, healthy);
    healthy.addresses().forEach(node -> history.delivered(node, History.Times.ONCE));
    assertThat(serve.stderr()).doesNotContain("Exception", "OutOfMemory", "\tat ");
    frozen.thaw();
    LedgerCheck.agree(serve);
    // The applier counts the entries of queues, five times a second.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> serve.metrics().sum("pushfanout_memory_held_bytes", Map.of()) == 0);
  }

  private PeerCalls calls(ServeProcess serve) {
    return PeerCalls.to(serve).size(MEGABYTE).lasting(scale.time());
  }

  private void report(ServeProcess serve, List<Reply> replies, List<Reply> hogged, long peakMib) {
    Scrape metrics = serve.metrics();
    System.out.printf(
        "MemoryLimitIT: %d healthy nodes and %d frozen, messages of 1 MB. To all: %d of %d taken;"
            + " %d callers to the frozen ones: %d of %d taken, %d messages shed; peak %d MiB of %d,"
            + " messages now %.0f MiB of %.0f, direct memory %.0f MiB%n",
        scale.healthy(),
        scale.frozen(),
        replies.stream().filter(Reply::isOk).count(),
        replies.size(),
        scale.callers(),
        hogged.stream().filter(reply -> reply.accepted() > 0).count(),
        hogged.size(),
        metrics.sum("pushfanout_dropped_total", Map.of("reason", "shed")),
        peakMib,
        scale.limitMib(),
        mib(metrics, "pushfanout_memory_held_bytes"),
        mib(metrics, "pushfanout_memory_budget_bytes"),
        mib(metrics, "netty_direct_memory_used_bytes"));
  }

  private static long shed(ServeProcess serve, PeerNodes nodes) {
    return serve.nodes().stream()
        .filter(node -> nodes.addresses().contains(node.address()))
        .mapToLong(node -> node.dropped("shed"))
        .sum();
  }

  private static double mib(Scrape metrics, String name) {
    return metrics.sum(name, Map.of()) / 1048576.0;
  }

  /** Returns a value of {@code /proc/PID/status}, in KiB. */
  private static long status(ServeProcess serve, String name) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(serve.pid()), "status")).stream()
          .filter(line -> line.startsWith(name + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
