package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TraceContext;
import io.pushfanout.queue.CountedTotals;
import io.pushfanout.queue.DeliveryHistogram.Exemplar;
import io.pushfanout.queue.FanoutTotals;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics("1.2.3");
  private final Totals totals = new Totals();
  private volatile List<FanoutSnapshot> fanouts = List.of();

  @BeforeEach
  void register() {
    metrics.register(new FanoutSeries(() -> fanouts, totals));
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void seriesHaveExpectedNamesAndLabels() throws Exception {
    totals.of(Fleet.CHAT);
    fanouts = List.of(Fleet.chat(Fleet.node("a:1", NodeState.SLOW, Fleet.LEDGER)));

    Set<String> fanout = Set.of("fanout");
    Set<String> node = Set.of("fanout", "node");
    assertThat(Scrape.of(metrics).labelsByName())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("pushfanout_build_info", Set.of("version")),
                Map.entry("pushfanout_broadcasts_total", Set.of("fanout", "outcome")),
                Map.entry("pushfanout_enqueued_total", fanout),
                Map.entry("pushfanout_delivered_total", fanout),
                Map.entry("pushfanout_failed_total", Set.of("fanout", "code")),
                Map.entry("pushfanout_expired_total", fanout),
                Map.entry("pushfanout_skipped_total", fanout),
                Map.entry("pushfanout_dropped_total", Set.of("fanout", "reason")),
                Map.entry("pushfanout_delivery_seconds_bucket", Set.of("fanout", "le")),
                Map.entry("pushfanout_delivery_seconds_count", fanout),
                Map.entry("pushfanout_delivery_seconds_sum", fanout),
                Map.entry("pushfanout_nodes", fanout),
                Map.entry("pushfanout_slow_nodes", fanout),
                Map.entry("pushfanout_node_enqueued_total", node),
                Map.entry("pushfanout_node_delivered_total", node),
                Map.entry("pushfanout_node_failed_total", Set.of("fanout", "node", "code")),
                Map.entry("pushfanout_node_expired_total", node),
                Map.entry("pushfanout_node_dropped_total", Set.of("fanout", "node", "reason")),
                Map.entry("pushfanout_node_queue_messages", node),
                Map.entry("pushfanout_node_queue_bytes", node),
                Map.entry("pushfanout_node_queue_capacity", node),
                Map.entry("pushfanout_node_workers", node),
                Map.entry("pushfanout_node_in_flight", node),
                Map.entry("pushfanout_node_connected", node),
                Map.entry("pushfanout_node_rooms", node),
                Map.entry("pushfanout_node_streaming", node)));
  }

  @Test
  void seriesHaveExpectedTypes() throws Exception {
    totals.of(Fleet.CHAT);
    fanouts = List.of(Fleet.chat(Fleet.node("a:1", NodeState.SLOW, Fleet.LEDGER)));

    assertThat(Scrape.of(metrics).text())
        .contains(
            "# TYPE pushfanout_broadcasts_total counter\n",
            "# TYPE pushfanout_delivery_seconds histogram\n",
            "# TYPE pushfanout_nodes gauge\n",
            "# TYPE pushfanout_node_enqueued_total counter\n",
            "# TYPE pushfanout_node_connected gauge\n",
            "# TYPE pushfanout_build_info gauge\n");
  }

  @Test
  void newFanoutShowsEverySumAtZero() throws Exception {
    fanouts = List.of(Fleet.chat());

    Scrape scrape = Scrape.of(metrics);
    Scrape next = Scrape.of(metrics);

    for (CallOutcome outcome : CallOutcome.values()) {
      assertThat(scrape.value(series("broadcasts_total", "outcome", outcome.label()))).isZero();
    }
    for (DropReason reason : DropReason.values()) {
      assertThat(scrape.value(series("dropped_total", "reason", reason.label()))).isZero();
    }
    for (StatusCode code : EnumSet.complementOf(EnumSet.of(StatusCode.OK))) {
      String failed = "pushfanout_failed_total{code=\"%s\",fanout=\"prod/chat\"}".formatted(code);
      assertThat(scrape.value(failed)).as(failed).isZero();
    }
    assertThat(scrape.value("pushfanout_enqueued_total{fanout=\"prod/chat\"}")).isZero();
    assertThat(next.value("pushfanout_delivery_seconds_count{fanout=\"prod/chat\"}")).isZero();
  }

  @Test
  void sumsOfAFanoutAreShownAsCounted() throws Exception {
    FanoutTotals sums = totals.of(Fleet.CHAT);
    CountedTotals.enqueued(sums, 9);
    CountedTotals.delivered(sums, 3_000_000);
    CountedTotals.expired(sums, 2);
    CountedTotals.failed(sums, StatusCode.INTERNAL, 3);
    CountedTotals.dropped(sums, DropReason.EVICTED, 4);
    sums.countBroadcast(CallOutcome.PARTIAL);

    Scrape scrape = Scrape.of(metrics);

    assertThat(scrape.value("pushfanout_enqueued_total{fanout=\"prod/chat\"}")).isEqualTo(9);
    assertThat(scrape.value("pushfanout_delivered_total{fanout=\"prod/chat\"}")).isEqualTo(1);
    assertThat(scrape.value("pushfanout_expired_total{fanout=\"prod/chat\"}")).isEqualTo(2);
    assertThat(scrape.value("pushfanout_failed_total{code=\"INTERNAL\",fanout=\"prod/chat\"}"))
        .isEqualTo(3);
    assertThat(scrape.value(series("dropped_total", "reason", "evicted"))).isEqualTo(4);
    assertThat(scrape.value(series("broadcasts_total", "outcome", "partial"))).isEqualTo(1);
  }

  @Test
  void callsThatReachedNoFanoutHaveAnEmptyFanout() throws Exception {
    totals.noFanout().countBroadcast(CallOutcome.INVALID);

    Scrape scrape = Scrape.of(metrics);

    assertThat(scrape.value("pushfanout_broadcasts_total{fanout=\"\",outcome=\"invalid\"}"))
        .isEqualTo(1);
    assertThat(scrape.value("pushfanout_broadcasts_total{fanout=\"\",outcome=\"ok\"}")).isZero();
    assertThat(scrape.text()).doesNotContain("pushfanout_enqueued_total{fanout=\"\"");
  }

  @Test
  void sumsOfAFanoutNeverGoBackWhenItGoes() throws Exception {
    fanouts = List.of(Fleet.chat());
    CountedTotals.enqueued(totals.of(Fleet.CHAT), 5);
    fanouts = List.of();

    Scrape scrape = Scrape.of(metrics);

    assertThat(scrape.value("pushfanout_enqueued_total{fanout=\"prod/chat\"}")).isEqualTo(5);
    assertThat(scrape.value("pushfanout_nodes{fanout=\"prod/chat\"}")).isNull();
  }

  @Test
  void deliveriesFallIntoBucketsFromHalfAMillisecondToThirtySeconds() throws Exception {
    FanoutTotals sums = totals.of(Fleet.CHAT);
    CountedTotals.delivered(sums, 500_000);
    CountedTotals.delivered(sums, 500_001);
    CountedTotals.delivered(sums, 31_000_000_000L);

    Scrape scrape = Scrape.of(metrics);

    assertThat(bucket(scrape, "5.0E-4")).isEqualTo(1);
    assertThat(bucket(scrape, "0.001")).isEqualTo(2);
    assertThat(bucket(scrape, "30.0")).isEqualTo(2);
    assertThat(bucket(scrape, "+Inf")).isEqualTo(3);
    assertThat(scrape.series().keySet().stream().filter(n -> n.contains("_bucket"))).hasSize(16);
    assertThat(scrape.value("pushfanout_delivery_seconds_sum{fanout=\"prod/chat\"}"))
        .isEqualTo(31.001000001);
  }

  @Test
  void retiringNodesAreNotCountedAndSlowOnesAreTwice() throws Exception {
    fanouts =
        List.of(
            Fleet.chat(
                Fleet.node("a:1", NodeState.CONNECTED, Fleet.IDLE),
                Fleet.node("a:2", NodeState.SLOW, Fleet.IDLE),
                Fleet.node("a:3", NodeState.UNREACHABLE, Fleet.IDLE),
                Fleet.node("a:4", NodeState.RETIRING, Fleet.IDLE)));

    Scrape scrape = Scrape.of(metrics);

    assertThat(scrape.value("pushfanout_nodes{fanout=\"prod/chat\"}")).isEqualTo(3);
    assertThat(scrape.value("pushfanout_slow_nodes{fanout=\"prod/chat\"}")).isEqualTo(1);
    assertThat(scrape.value(node("connected", "a:2"))).isEqualTo(1);
    assertThat(scrape.value(node("connected", "a:3"))).isZero();
    assertThat(scrape.value(node("connected", "a:4"))).as("until it is closed").isZero();
    assertThat(scrape.value(node("streaming", "a:2"))).as("it gets calls").isZero();
  }

  @Test
  void gaugesOfANodeAreItsSnapshot() throws Exception {
    fanouts = List.of(Fleet.chat(Fleet.node("[::1]:7", NodeState.CONNECTED, Fleet.LEDGER)));

    Scrape scrape = Scrape.of(metrics);

    assertThat(scrape.value(node("queue_messages", "[::1]:7"))).isEqualTo(10);
    assertThat(scrape.value(node("queue_bytes", "[::1]:7"))).isEqualTo(2560);
    assertThat(scrape.value(node("queue_capacity", "[::1]:7"))).isEqualTo(500);
    assertThat(scrape.value(node("workers", "[::1]:7"))).isEqualTo(20);
    assertThat(scrape.value(node("in_flight", "[::1]:7"))).isEqualTo(7);
    assertThat(scrape.value(node("connected", "[::1]:7"))).isEqualTo(1);
  }

  @Test
  void ledgerOfEachNodeBalancesInOneScrape() throws Exception {
    assertThat(Fleet.LEDGER.balances()).isTrue();
    fanouts = List.of(Fleet.chat(Fleet.nodes(0, 50)));

    Scrape scrape = Scrape.of(metrics);

    for (int i = 0; i < 50; i++) {
      String address = "n%d:50052".formatted(i);
      double refused =
          sum(scrape, "pushfanout_node_dropped_total", address, "queue_full")
              + sum(scrape, "pushfanout_node_dropped_total", address, "too_large");
      assertThat(sum(scrape, "pushfanout_node_enqueued_total", address, ""))
          .isEqualTo(109)
          .isEqualTo(
              sum(scrape, "pushfanout_node_delivered_total", address, "")
                  + sum(scrape, "pushfanout_node_failed_total", address, "")
                  + sum(scrape, "pushfanout_node_expired_total", address, "")
                  + sum(scrape, "pushfanout_node_dropped_total", address, "")
                  - refused
                  + sum(scrape, "pushfanout_node_queue_messages", address, "")
                  + sum(scrape, "pushfanout_node_in_flight", address, ""));
    }
  }

  @Test
  void snapshotsAreTakenOnceForEachScrape() throws Exception {
    int[] taken = {0};
    try (Metrics other = new Metrics("0")) {
      other.register(
          new FanoutSeries(
              () -> {
                taken[0]++;
                return fanouts;
              },
              totals));
      Scrape unused = Scrape.of(other);
      assertThat(unused.text()).isNotEmpty();
    }
    assertThat(taken[0]).isEqualTo(1);
  }

  @Test
  void nodeSeriesVanishWithTheNode() throws Exception {
    fanouts = List.of(Fleet.chat(Fleet.node("gone:1", NodeState.CONNECTED, Fleet.LEDGER)));
    assertThat(Scrape.of(metrics).text()).contains("node=\"gone:1\"");

    fanouts = List.of(Fleet.chat());

    assertThat(Scrape.of(metrics).text()).doesNotContain("gone:1");
  }

  @Test
  void joinsAndLeavesOf5000NodesLeaveNoSeriesBehind() throws Exception {
    totals.of(Fleet.CHAT);
    fanouts = List.of(Fleet.chat());
    Set<String> before = Scrape.of(metrics).labelsByName().keySet();
    int series = ours(Scrape.of(metrics));

    for (int joined = 0; joined < 5000; joined += 1000) {
      fanouts = List.of(Fleet.chat(Fleet.nodes(joined, 1000)));
      assertThat(ours(Scrape.of(metrics))).isGreaterThan(series + 1000 * 16);
    }
    fanouts = List.of(Fleet.chat());

    assertThat(ours(Scrape.of(metrics))).isEqualTo(series);
    assertThat(Scrape.of(metrics).labelsByName().keySet()).isEqualTo(before);
  }

  @Test
  void versionIsShown() throws Exception {
    assertThat(Scrape.of(metrics).value("pushfanout_build_info{version=\"1.2.3\"}")).isEqualTo(1);
  }

  @Test
  void jvmIsMeasured() throws Exception {
    assertThat(Scrape.of(metrics).text())
        .contains(
            "# TYPE jvm_memory_used_bytes gauge",
            "# TYPE jvm_buffer_memory_used_bytes gauge",
            "# TYPE jvm_gc_memory_allocated_bytes_total counter",
            "# TYPE jvm_threads_live_threads gauge",
            "# TYPE process_cpu_usage gauge",
            "# TYPE process_uptime_seconds gauge",
            "# TYPE process_files_open_files gauge");
  }

  @Test
  void nettysDirectMemoryIsMeasured() throws Exception {
    ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(32 << 20);
    try {
      assertThat(Scrape.of(metrics).value("netty_direct_memory_used_bytes"))
          .isGreaterThanOrEqualTo(32 << 20);
      assertThat(Scrape.of(metrics).value("netty_direct_memory_max_bytes")).isPositive();
    } finally {
      buffer.release();
    }
  }

  @Test
  void tracedDeliveriesAreExemplarsOfTheirRangeInOpenMetricsAlone() throws Exception {
    FanoutTotals sums = totals.of(Fleet.CHAT);
    CountedTotals.delivered(sums, 3_000_000);
    for (int span = 1; span <= 2; span++) {
      sums.deliveryTimes()
          .keep(
              new Exemplar(
                  Duration.ofMillis(3),
                  TraceContext.sampled("a".repeat(32), "000000000000000" + span),
                  Instant.ofEpochSecond(7)));
    }

    assertThat(metrics.scrape(MetricsFormat.OPEN_METRICS).body().toString())
        .contains(
            "le=\"0.005\"} 1 # {span_id=\"0000000000000002\",trace_id=\""
                + "a".repeat(32)
                + "\"} 0.003 7.000\n")
        .doesNotContain("0000000000000001");
    assertThat(Scrape.of(metrics).text()).doesNotContain("trace_id");
  }

  @Test
  void openMetricsIsWrittenForClientsThatAcceptIt() throws Exception {
    Answer answer = metrics.scrape(MetricsFormat.OPEN_METRICS);

    assertThat(answer.contentType()).startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(answer.body().toString())
        .contains("# TYPE pushfanout_broadcasts counter\n")
        .contains("pushfanout_broadcasts_total{fanout=\"\",outcome=\"ok\"} 0.0\n")
        .endsWith("# EOF\n");
  }

  @Test
  void failingCollectorFailsTheScrapeInsteadOfHidingSeries() {
    metrics.register(
        new FanoutSeries(
            () -> {
              throw new IllegalStateException("no snapshots");
            },
            totals));

    assertThatThrownBy(() -> metrics.scrape(MetricsFormat.TEXT)).hasMessage("no snapshots");
  }

  @Test
  void twoFanoutsDoNotMix() throws Exception {
    CountedTotals.enqueued(totals.of(Fleet.CHAT), 1);
    CountedTotals.enqueued(totals.of(FanoutName.DEFAULT), 2);

    Scrape scrape = Scrape.of(metrics);

    assertThat(scrape.value("pushfanout_enqueued_total{fanout=\"prod/chat\"}")).isEqualTo(1);
    assertThat(scrape.value("pushfanout_enqueued_total{fanout=\"default/default\"}")).isEqualTo(2);
  }

  private static String series(String name, String label, String value) {
    return "pushfanout_%s{fanout=\"prod/chat\",%s=\"%s\"}".formatted(name, label, value);
  }

  private static String node(String name, String address) {
    return "pushfanout_node_%s{fanout=\"prod/chat\",node=\"%s\"}".formatted(name, address);
  }

  private static @Nullable Double bucket(Scrape scrape, String bound) {
    return scrape
        .series()
        .get("pushfanout_delivery_seconds_bucket{fanout=\"prod/chat\",le=\"" + bound + "\"}");
  }

  private static double sum(Scrape scrape, String name, String address, String label) {
    return scrape.series().entrySet().stream()
        .filter(e -> e.getKey().startsWith(name + "{"))
        .filter(e -> e.getKey().contains("node=\"" + address + "\""))
        .filter(e -> e.getKey().contains(label))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private static int ours(Scrape scrape) {
    return (int) scrape.series().keySet().stream().filter(n -> n.startsWith("pushfanout_")).count();
  }
}
