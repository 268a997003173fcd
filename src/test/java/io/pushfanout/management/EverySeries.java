package io.pushfanout.management;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.NodeState;
import io.pushfanout.plan.Registrations;
import io.pushfanout.queue.MemoryBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The series of a server that has one of everything: a fanout, a node, a service, a file, a call.
 */
final class EverySeries {
  private EverySeries() {}

  /** Returns the values by name and labels, as {@code /metrics} writes them. */
  static Map<String, Double> read() throws Exception {
    return Scrape.of(text()).series();
  }

  /** Returns the text of {@code /metrics}. */
  static String text() throws Exception {
    try (Metrics metrics = new Metrics("1.2.3")) {
      Totals totals = new Totals();
      totals.of(Fleet.CHAT);
      MemoryBudget budget = new MemoryBudget(1 << 20);
      budget.of(Fleet.CHAT).entries(1);
      metrics.register(
          new FanoutSeries(
              () -> List.of(Fleet.chat(Fleet.node("a:1", NodeState.SLOW, Fleet.LEDGER))), totals));
      metrics.register(
          new DiscoverySeries(
              () ->
                  Map.of(
                      "chat",
                      Optional.of(new Registrations(Set.of(), List.of(), Set.of(), null)))));
      metrics.register(new LimitSeries(budget, () -> 0, () -> 0, () -> Map.of("calls", 0L)));
      metrics.register(new ReloadSeries(() -> Map.of("tls", true)));
      metrics.register(
          new SavedStateSeries(
              () -> Optional.of(Duration.ofHours(1)), () -> Map.of("chat", Duration.ZERO)));
      metrics.register(new KubernetesSeries(() -> true));
      metrics.register(new ConfigSeries(() -> 1, () -> true));
      metrics.register(new AuditSeries(() -> 0, () -> 0));
      metrics.register(
          new GrpcSeries(() -> List.of(new MethodCalls("service", "method", 0, Map.of()))));
      metrics.register(
          new TlsSeries(
              () -> Optional.of(Instant.EPOCH),
              () -> Map.of("internal", Instant.EPOCH),
              () -> Map.of()));
      System.gc(); // the series of garbage collection pauses begin with the first pause
      await()
          .atMost(10, SECONDS)
          .until(() -> Scrape.of(metrics).text().contains("jvm_gc_pause_seconds_sum"));
      return Scrape.of(metrics).text();
    }
  }
}
