package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The series of reloads: whether the configuration, tokens and certificates in force match their
 * files.
 */
public final class ReloadSeries implements MultiCollector {
  private final Supplier<Map<String, Boolean>> successful;

  /**
   * @param successful by the use of the files; false while one of them is broken or gone
   */
  public ReloadSeries(Supplier<Map<String, Boolean>> successful) {
    this.successful = successful;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeFamily family =
        new GaugeFamily(
            "pushfanout_files_last_reload_successful",
            "0 while a file of these is broken or gone, and the last good one in force; else 1");
    successful.get().forEach((files, good) -> family.add(Labels.of("files", files), good ? 1 : 0));
    return MetricSnapshots.of(family.snapshot());
  }
}
