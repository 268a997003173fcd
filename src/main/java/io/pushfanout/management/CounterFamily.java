package io.pushfanout.management;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

/** The values of one counter, gathered during one scrape. */
final class CounterFamily {
  private final CounterSnapshot.Builder builder = CounterSnapshot.builder();

  /**
   * @param name without {@code _total}, which the formats add
   */
  CounterFamily(String name, String help) {
    builder.name(name).help(help);
  }

  /** Returns a counter without labels, which has one value. */
  static CounterSnapshot of(String name, String help, long value) {
    CounterFamily family = new CounterFamily(name, help);
    family.add(Labels.EMPTY, value);
    return family.snapshot();
  }

  void add(Labels labels, long value) {
    builder.dataPoint(
        CounterDataPointSnapshot.builder().labels(labels).value((double) value).build());
  }

  CounterSnapshot snapshot() {
    return builder.build();
  }
}
