package io.pushfanout.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.management.Fleet;
import io.pushfanout.management.ManagementServer;
import io.pushfanout.management.Metrics;
import io.pushfanout.management.Readiness;
import io.pushfanout.management.StatusReport;
import io.pushfanout.model.HostPattern;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.OwnNames;
import io.pushfanout.queue.NodeLedger;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server and the client of the status together. */
class RunningServerStatusTest {
  private final Vertx vertx = Vertx.vertx();
  private final Metrics metrics = new Metrics("1.2.3");
  private final AtomicInteger asked = new AtomicInteger();
  private final ManagementServer server =
      new ManagementServer(
          vertx,
          new OwnNames("127.0.0.1", List.of(HostPattern.parse("push.example.com"))),
          0,
          null,
          new Readiness(() -> true, () -> "", () -> ""),
          metrics,
          new StatusReport("pf-0", () -> true, List::of, this::snapshots),
          null);

  @BeforeEach
  void start() throws Exception {
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    metrics.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** Returns a node that delivers a million messages between two responses. */
  private List<FanoutSnapshot> snapshots() {
    long delivered = 1_000_000L * asked.incrementAndGet();
    NodeLedger ledger = new NodeLedger(delivered, delivered, Map.of(), 0, Map.of(), 0, 0, 0);
    return List.of(Fleet.chat(Fleet.node("a:1", NodeState.CONNECTED, ledger)));
  }

  private StatusClient client() {
    return new StatusClient(
        ServerUrl.parse("http://127.0.0.1:" + server.port()), null, Duration.ofSeconds(10));
  }

  @Test
  void rateIsOverTheTimeBetweenTwoAnswers() throws Exception {
    try (StatusClient client = client()) {
      long start = System.nanoTime();
      String table = StatusTable.measure(client, Duration.ofMillis(100));
      double atMost = 1_000_000 / 0.1;
      double atLeast = 1_000_000 / ((System.nanoTime() - start) / 1e9);

      assertThat(asked).hasValue(2);
      assertThat(cells(table).get(9)).as("the second answer").isEqualTo("2000000");
      assertThat(Double.parseDouble(cells(table).get(10))).isBetween(atLeast, atMost);
    }
  }

  @Test
  void noIntervalIsOneAnswerWithoutRates() throws Exception {
    try (StatusClient client = client()) {
      String table = StatusTable.measure(client, Duration.ZERO);

      assertThat(asked).hasValue(1);
      assertThat(cells(table).get(10)).isEqualTo("-");
    }
  }

  private static List<String> cells(String table) {
    String row = table.lines().filter(line -> line.contains("a:1")).findFirst().orElseThrow();
    return List.of(row.strip().split(" +", -1));
  }
}
