package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.pushfanout.plan.Registrations;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The series of service discovery: the registry's data on each watched source. */
public final class DiscoverySeries implements MultiCollector {
  private final Supplier<Map<String, Optional<Registrations>>> services;

  /**
   * @param services read at each scrape, on the scraping thread; empty for a service until the
   *     registry's first response
   */
  public DiscoverySeries(Supplier<Map<String, Optional<Registrations>>> services) {
    this.services = services;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeFamily nodes =
        new GaugeFamily(
            "pushfanout_discovery_nodes", "Nodes that a source has, such as a service in etcd");
    GaugeFamily synced =
        new GaugeFamily(
            "pushfanout_discovery_synced",
            "1 while the registry answers for a source; 0 while the last good nodes stay in"
                + " force");
    GaugeFamily invalid =
        new GaugeFamily(
            "pushfanout_discovery_invalid_registrations",
            "Entries of a source that are no address and ignored");
    services
        .get()
        .forEach(
            (service, found) -> {
              Labels labels = Labels.of("service", service);
              nodes.add(labels, found.map(r -> r.nodes().size()).orElse(0));
              synced.add(labels, found.map(r -> r.degraded() ? 0 : 1).orElse(0));
              invalid.add(labels, found.map(r -> r.malformed().size()).orElse(0));
            });
    return new MetricSnapshots(nodes.snapshot(), synced.snapshot(), invalid.snapshot());
  }
}
