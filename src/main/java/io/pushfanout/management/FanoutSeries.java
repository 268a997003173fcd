package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.NodeState;
import io.pushfanout.queue.FanoutTotals;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The series of fanouts and their nodes.
 *
 * <p>No state is kept between scrapes: a removed node has no series, however many nodes came and
 * went. All series of a node come from one snapshot, so that its ledger balances in a scrape as it
 * does there. The totals of a removed fanout stay, with their last values.
 */
public final class FanoutSeries implements MultiCollector {
  private final Supplier<List<FanoutSnapshot>> fanouts;
  private final Totals totals;

  public FanoutSeries(Supplier<List<FanoutSnapshot>> fanouts, Totals totals) {
    this.fanouts = fanouts;
    this.totals = totals;
  }

  @Override
  public MetricSnapshots collect() {
    List<FanoutSnapshot> present = fanouts.get();
    // Creates the totals of new fanouts: rates need zeros to start from.
    present.forEach(fanout -> totals.of(fanout.name()));
    return new MetricSnapshots(
        Stream.of(sums(), counts(present), nodes(present)).flatMap(s -> s).toList());
  }

  private Stream<MetricSnapshot> sums() {
    CounterFamily broadcasts =
        new CounterFamily("pushfanout_broadcasts", "Broadcast calls, by how they ended");
    CounterFamily skipped =
        new CounterFamily(
            "pushfanout_skipped", "Nodes left out of broadcasts to rooms that they do not hold");
    LedgerCounters messages = new LedgerCounters("pushfanout_");
    HistogramFamily times =
        new HistogramFamily(
            "pushfanout_delivery_seconds",
            "Time from enqueue to acknowledgement of the messages that were delivered");
    addOutcomes(broadcasts, Labels.of("fanout", ""), totals.noFanout());
    totals
        .all()
        .forEach(
            (name, sums) -> {
              Labels labels = Labels.of("fanout", name.toString());
              addOutcomes(broadcasts, labels, sums);
              skipped.add(labels, sums.skipped());
              messages.add(labels, sums);
              times.add(labels, sums.deliveryTimes());
            });
    return Stream.concat(
        Stream.of(broadcasts.snapshot(), skipped.snapshot(), times.snapshot()),
        messages.snapshots());
  }

  private static void addOutcomes(CounterFamily broadcasts, Labels labels, FanoutTotals sums) {
    for (CallOutcome outcome : CallOutcome.values()) {
      broadcasts.add(labels.add("outcome", outcome.label()), sums.broadcasts(outcome));
    }
  }

  private static Stream<MetricSnapshot> counts(List<FanoutSnapshot> present) {
    GaugeFamily owned =
        new GaugeFamily("pushfanout_nodes", "Nodes of the fanout, retiring ones not counted");
    GaugeFamily slow = new GaugeFamily("pushfanout_slow_nodes", "Slow nodes of the fanout");
    for (FanoutSnapshot fanout : present) {
      Labels labels = Labels.of("fanout", fanout.name().toString());
      owned.add(labels, count(fanout, state -> state != NodeState.RETIRING));
      slow.add(labels, count(fanout, state -> state == NodeState.SLOW));
    }
    return Stream.of(owned.snapshot(), slow.snapshot());
  }

  private static long count(FanoutSnapshot fanout, Predicate<NodeState> which) {
    return fanout.nodes().stream().map(NodeSnapshot::state).filter(which).count();
  }

  private static Stream<MetricSnapshot> nodes(List<FanoutSnapshot> present) {
    NodeSeries series = new NodeSeries();
    for (FanoutSnapshot fanout : present) {
      String name = fanout.name().toString();
      fanout.nodes().forEach(node -> series.add(name, node));
    }
    return series.snapshots();
  }
}
