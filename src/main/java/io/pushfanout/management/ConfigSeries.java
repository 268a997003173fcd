package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The series of a server whose PushFanouts come from files. */
public final class ConfigSeries implements MultiCollector {
  private final LongSupplier generation;
  private final BooleanSupplier lastReloadSuccessful;

  /**
   * @param generation the number of good loads
   * @param lastReloadSuccessful false while a file is broken or gone
   */
  public ConfigSeries(LongSupplier generation, BooleanSupplier lastReloadSuccessful) {
    this.generation = generation;
    this.lastReloadSuccessful = lastReloadSuccessful;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeFamily loads =
        new GaugeFamily("pushfanout_config_generation", "Good loads of the configuration files");
    loads.add(Labels.EMPTY, generation.getAsLong());
    GaugeFamily successful =
        new GaugeFamily(
            "pushfanout_config_last_reload_successful",
            "0 while a file is broken or gone, and its last good version in force; else 1");
    successful.add(Labels.EMPTY, lastReloadSuccessful.getAsBoolean() ? 1 : 0);
    return MetricSnapshots.of(loads.snapshot(), successful.snapshot());
  }
}
