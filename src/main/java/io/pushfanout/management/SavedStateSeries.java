package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The series of the age of saved state in use; absent while no saved state is in use. */
public final class SavedStateSeries implements MultiCollector {
  private final Supplier<Optional<Duration>> resources;
  private final Supplier<? extends Map<String, Duration>> services;

  /**
   * @param resources age of the saved resources in use; empty if there are none
   * @param services age of the saved nodes in use, by service
   */
  public SavedStateSeries(
      Supplier<Optional<Duration>> resources, Supplier<? extends Map<String, Duration>> services) {
    this.resources = resources;
    this.services = services;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeFamily age =
        new GaugeFamily(
            "pushfanout_saved_state_age_seconds",
            "How long ago what is served was so, while a source has not answered since the start");
    resources.get().ifPresent(old -> age.add(labels("resources", ""), seconds(old)));
    services.get().forEach((name, old) -> age.add(labels("registrations", name), seconds(old)));
    return MetricSnapshots.of(age.snapshot());
  }

  private static Labels labels(String source, String service) {
    return Labels.of("source", source, "service", service);
  }

  private static long seconds(Duration age) {
    return Math.max(0, age.toSeconds());
  }
}
