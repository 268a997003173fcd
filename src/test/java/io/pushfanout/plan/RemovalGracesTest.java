package io.pushfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The lifetime of the history of removals, by fanout and service. */
class RemovalGracesTest {
  private static final Duration PERIOD = Duration.ofSeconds(30);
  private static final Instant CREATED = Instant.parse("2026-11-22T10:00:00Z");
  private static final Set<NodeAddress> BLUE = Set.of(node("b1"), node("b2"), node("b3"));
  private static final Set<NodeAddress> GREEN = Set.of(node("g1"), node("g2"));

  private final RemovalGraces graces = new RemovalGraces();
  private final Map<NodeAddress, Long> connectedSince = new HashMap<>();
  private long nowNanos = 1_000_000_000_000L;

  RemovalGracesTest() {
    BLUE.forEach(node -> connectedSince.put(node, nowNanos));
    nowNanos += Duration.ofSeconds(5).toNanos();
    assertThat(keep(spec("blue", CREATED, PERIOD), BLUE)).isEqualTo(BLUE);
  }

  @Test
  void theSameFanoutOfTheSameServiceKeepsItsHistoryAfterOtherEdits() {
    assertThat(keep(spec("blue", CREATED, PERIOD.multipliedBy(2)), Set.of())).isEqualTo(BLUE);
    assertThat(graces.isWatching()).isTrue();
  }

  @Test
  void anotherServiceStartsWithoutHistory() {
    assertThat(keep(spec("green", CREATED, PERIOD), GREEN)).isEqualTo(GREEN);
    assertThat(keep(spec("green", CREATED, PERIOD), Set.of())).as("none was healthy").isEmpty();
  }

  @Test
  void anotherFanoutOfTheNameStartsWithoutHistory() {
    FanoutSpec again = spec("blue", CREATED.plusSeconds(60), PERIOD);

    assertThat(keep(again, Set.of())).isEmpty();
  }

  @Test
  void aNameOfDnsHasAHistoryWhateverItsIntervals() {
    keep(named("a.example", PERIOD), BLUE);

    assertThat(keep(named("a.example", PERIOD.multipliedBy(2)), Set.of())).isEqualTo(BLUE);
    assertThat(keep(named("b.example", PERIOD), Set.of())).isEmpty();
  }

  @Test
  void aReturnToAServiceStartsWithoutHistory() {
    keep(spec("green", CREATED, PERIOD), GREEN);

    assertThat(keep(spec("blue", CREATED, PERIOD), Set.of(node("b1")))).containsExactly(node("b1"));
  }

  @Test
  void anUnansweredSourceStartsWithoutHistory() {
    graces.retain(List.of());

    assertThat(keep(spec("blue", CREATED, PERIOD), Set.of())).isEmpty();
    assertThat(graces.isWatching()).isFalse();
  }

  private Set<NodeAddress> keep(FanoutSpec spec, Set<NodeAddress> registered) {
    graces.retain(List.of(spec));
    return graces.keep(
        spec,
        (Discovery.Watched) spec.discovery(),
        new Registrations(registered, List.of(), Set.of(), null),
        connectedSince,
        nowNanos);
  }

  private static FanoutSpec named(String name, Duration period) {
    return spec(CREATED, new Discovery.Dns(name, 1, null, period, period));
  }

  private static FanoutSpec spec(String service, Instant created, Duration period) {
    return spec(created, new Discovery.Etcd(service, period));
  }

  private static FanoutSpec spec(Instant created, Discovery discovery) {
    return new FanoutSpec(
        FanoutName.DEFAULT, 1, created, FanoutSettings.DEFAULT, List.of(), discovery);
  }

  private static NodeAddress node(String host) {
    return new NodeAddress(host, 1);
  }
}
