package io.pushfanout.it;

import static io.pushfanout.it.ServeProcess.settings;
import static org.assertj.core.api.Assertions.assertThat;

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
 * process stays within its container's limit, and the healthy nodes get what was accepted for them.
 */
@Isolated
class MemoryLimitIT {
  /**
   * @param limitMib of the container
   * @param flags of the JVM there, see "Memory" in docs/operations.md
   */
  private record Scale(
      int limitMib, String flags, int healthy, int frozen, int callers, int rate, Duration time) {
    static final Scale SMALL =
        new Scale(512, "-Xmx204m -XX:MaxDirectMemorySize=96m", 4, 4, 60, 40, Duration.ofSeconds(9));

    static final Scale FULL =
        new Scale(
            1024,
            "-Xmx614m -XX:MaxDirectMemorySize=128m",
            80,
            20,
            1000,
            12,
            Duration.ofSeconds(60));

    static Scale wanted() {
      return System.getProperty("pushfanout.memory-scale", "small").equals("full") ? FULL : SMALL;
    }
  }

  private static final int MEGABYTE = 1_000_000;

  @Test
  void frozenNodesAndMegabytesFromManyCallersNeitherKillItNorStarveTheHealthy() {
    Scale scale = Scale.wanted();
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
        run(scale, serve, healthy, frozen);
      }
    }
  }

  private static void run(Scale scale, ServeProcess serve, PeerNodes healthy, PeerNodes frozen) {
    List<Reply> replies =
        PeerCalls.to(serve)
            .connections(scale.callers())
            .concurrency(scale.callers())
            .perSecond(scale.rate())
            .size(MEGABYTE)
            .lasting(scale.time())
            .send();
    healthy.addresses().forEach(node -> serve.awaitNode(node, "idle", NodeStatus::isIdle));

    long taken = replies.stream().filter(Reply::isOk).count();
    List<Reply> refused = replies.stream().filter(reply -> !reply.isOk()).toList();
    long shed =
        serve.nodes().stream()
            .filter(node -> !healthy.addresses().contains(node.address()))
            .mapToLong(node -> node.dropped("shed"))
            .sum();
    long peakMib = status(serve, "VmHWM") >> 10;
    Scrape metrics = serve.metrics();
    System.out.printf(
        "MemoryLimitIT: %d callers sent %d messages of 1 MB to %d healthy and %d frozen nodes: %d"
            + " taken, %d refused, %d shed; peak %d MiB of %d, of messages now %.0f MiB of %.0f,"
            + " direct %.0f MiB%n",
        scale.callers(),
        replies.size(),
        scale.healthy(),
        scale.frozen(),
        taken,
        refused.size(),
        shed,
        peakMib,
        scale.limitMib(),
        mib(metrics, "pushfanout_memory_held_bytes"),
        mib(metrics, "pushfanout_memory_budget_bytes"),
        mib(metrics, "netty_direct_memory_used_bytes"));

    for (NodeStatus node : serve.nodes()) {
      if (healthy.addresses().contains(node.address())) {
        assertThat(node.failed() + node.dropped("shed")).as("%s", node).isZero();
      }
    }
    assertThat(peakMib).isLessThan(scale.limitMib());
    assertThat(shed).as("the budget was reached").isPositive();
    assertThat(taken).as("broadcasts go on").isGreaterThan(scale.time().toSeconds());
    assertThat(refused).extracting(Reply::status).allMatch("RESOURCE_EXHAUSTED"::equals);
    assertThat(refused).allMatch(reply -> reply.retryMs() > 0);
    History history = new History(replies, healthy);
    healthy.addresses().forEach(node -> history.delivered(node, History.Times.ONCE));
    frozen.thaw();
    LedgerCheck.agree(serve);
    assertThat(serve.stderr()).doesNotContain("Exception", "OutOfMemory", "\tat ");
  }

  private static double mib(Scrape metrics, String name) {
    return metrics.sum(name, Map.of()) / (1 << 20);
  }

  /** A line of {@code /proc/PID/status}, in KiB. */
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
