package io.pushfanout.management;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Malformed;
import io.pushfanout.plan.Registrations.Trouble;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiscoverySeriesTest {
  private final Metrics metrics = new Metrics("1.2.3");
  private final Map<String, Optional<Registrations>> services = new ConcurrentHashMap<>();

  @BeforeEach
  void register() {
    metrics.register(new DiscoverySeries(() -> services));
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  private void found(String service, int nodes, int malformed, boolean degraded) {
    Registrations registrations =
        new Registrations(
            Fleet.nodes(0, nodes).stream().map(n -> n.address()).collect(toSet()),
            Collections.nCopies(malformed, new Malformed("/services/x/y", "not host:port")),
            Set.of(),
            degraded ? new Trouble(false, "away") : null);
    services.put(service, Optional.of(registrations));
  }

  private Double value(String name, String service) throws Exception {
    return requireNonNull(
        Scrape.of(metrics)
            .value("pushfanout_discovery_%s{service=\"%s\"}".formatted(name, service)));
  }

  @Test
  void seriesHaveExpectedNamesAndTheServiceAsLabel() throws Exception {
    found("chat", 1, 1, false);

    assertThat(Scrape.of(metrics).labelsByName())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "pushfanout_build_info", Set.of("version"),
                "pushfanout_discovery_nodes", Set.of("service"),
                "pushfanout_discovery_synced", Set.of("service"),
                "pushfanout_discovery_invalid_registrations", Set.of("service")));
  }

  @Test
  void eachServiceHasItsOwnCounts() throws Exception {
    found("chat", 3, 2, false);
    found("games", 5, 0, false);

    assertThat(value("nodes", "chat")).isEqualTo(3);
    assertThat(value("invalid_registrations", "chat")).isEqualTo(2);
    assertThat(value("synced", "chat")).isEqualTo(1);
    assertThat(value("nodes", "games")).isEqualTo(5);
    assertThat(value("invalid_registrations", "games")).isZero();
  }

  @Test
  void lostRegistryKeepsItsLastNodesAndIsNotSynced() throws Exception {
    found("chat", 3, 1, true);

    assertThat(value("nodes", "chat")).isEqualTo(3);
    assertThat(value("synced", "chat")).isZero();
    assertThat(value("invalid_registrations", "chat")).isEqualTo(1);
  }

  @Test
  void serviceThatIsNotAnsweredYetShowsZeros() throws Exception {
    services.put("chat", Optional.empty());

    assertThat(value("nodes", "chat")).isZero();
    assertThat(value("synced", "chat")).isZero();
    assertThat(value("invalid_registrations", "chat")).isZero();
  }

  @Test
  void serviceThatIsNoLongerWatchedHasNoSeries() throws Exception {
    found("chat", 3, 0, false);
    assertThat(value("nodes", "chat")).isEqualTo(3);
    services.clear();

    assertThat(Scrape.of(metrics).labelsByName().keySet()).containsExactly("pushfanout_build_info");
  }
}
