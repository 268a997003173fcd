package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
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
    return MetricSnapshots.of(
        GaugeFamily.of(
            "pushfanout_config_generation",
            "Good loads of the configuration files",
            generation.getAsLong()),
        GaugeFamily.of(
            "pushfanout_config_last_reload_successful",
            "0 while a file is broken or gone, and its last good version in force; else 1",
            lastReloadSuccessful.getAsBoolean() ? 1 : 0));
  }
}
