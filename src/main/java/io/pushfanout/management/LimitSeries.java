package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.pushfanout.queue.MemoryBudget;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The series of the server's limits and their usage; refusals of messages are counted as outcomes
 * of broadcasts.
 */
public final class LimitSeries implements MultiCollector {
  private final MemoryBudget memory;
  private final IntSupplier connections;
  private final LongSupplier connectionsRefused;
  private final Supplier<Map<String, Long>> shareRefusals;

  /**
   * @param shareRefusals number of refusals beyond a party's share, by the shared resource
   */
  public LimitSeries(
      MemoryBudget memory,
      IntSupplier connections,
      LongSupplier connectionsRefused,
      Supplier<Map<String, Long>> shareRefusals) {
    this.memory = memory;
    this.connections = connections;
    this.connectionsRefused = connectionsRefused;
    this.shareRefusals = shareRefusals;
  }

  @Override
  public MetricSnapshots collect() {
    return new MetricSnapshots(
        GaugeFamily.of(
            "pushfanout_memory_held_bytes",
            "What messages take: those that arrive, wait and are in flight",
            memory.held()),
        GaugeFamily.of(
            "pushfanout_memory_budget_bytes", "What messages may take at most", memory.limit()),
        GaugeFamily.of("pushfanout_connections", "Callers' connections", connections.getAsInt()),
        byFanout(),
        CounterFamily.of(
            "pushfanout_connections_refused",
            "Callers' connections closed because there were too many",
            connectionsRefused.getAsLong()),
        overShare());
  }

  private MetricSnapshot byFanout() {
    GaugeFamily family =
        new GaugeFamily(
            "pushfanout_fanout_memory_bytes",
            "What a fanout's messages take of the memory budget, in which each has a share");
    memory
        .heldByFanout()
        .forEach((name, held) -> family.add(Labels.of("fanout", name.toString()), held));
    return family.snapshot();
  }

  private MetricSnapshot overShare() {
    CounterFamily family =
        new CounterFamily(
            "pushfanout_share_refusals",
            "Refusals of what went beyond a caller's or address's share");
    shareRefusals.get().forEach((what, count) -> family.add(Labels.of("of", what), count));
    return family.snapshot();
  }
}
