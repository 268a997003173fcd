package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.BooleanSupplier;

/** The series of a server with PushFanouts from an API server. */
public final class KubernetesSeries implements MultiCollector {
  private final BooleanSupplier synced;

  /**
   * @param synced false while lists, watches or writes at the API server fail
   */
  public KubernetesSeries(BooleanSupplier synced) {
    this.synced = synced;
  }

  @Override
  public MetricSnapshots collect() {
    return MetricSnapshots.of(
        GaugeFamily.of(
            "pushfanout_kubernetes_synced",
            "1 while lists, watches and writes at the API server work, else 0",
            synced.getAsBoolean() ? 1 : 0));
  }
}
