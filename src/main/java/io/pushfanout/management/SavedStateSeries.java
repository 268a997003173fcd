package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** How old is what is served only because it was saved; there is no series while nothing is. */
public final class SavedStateSeries implements MultiCollector {
  private final Supplier<Optional<Duration>> resources;
  private final Supplier<? extends Map<String, Duration>> services;

  /**
   * @param resources how old they are, where saved ones are served
   * @param services how old the nodes are, of each service whose saved ones are served
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
