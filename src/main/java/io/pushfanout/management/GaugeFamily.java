package io.pushfanout.management;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

/** The values of one gauge, gathered during one scrape. */
final class GaugeFamily {
  private final GaugeSnapshot.Builder builder = GaugeSnapshot.builder();

  GaugeFamily(String name, String help) {
    builder.name(name).help(help);
  }

  /** Returns a gauge without labels, which has one value. */
  static GaugeSnapshot of(String name, String help, long value) {
    GaugeFamily family = new GaugeFamily(name, help);
    family.add(Labels.EMPTY, value);
    return family.snapshot();
  }

  void add(Labels labels, long value) {
    builder.dataPoint(
        GaugeDataPointSnapshot.builder().labels(labels).value((double) value).build());
  }

  GaugeSnapshot snapshot() {
    return builder.build();
  }
}
