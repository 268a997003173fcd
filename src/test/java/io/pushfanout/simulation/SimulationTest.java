package io.pushfanout.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs each scenario with the same seeds at each build, as many as its share of the time allows.
 * New seeds are for {@link LongSimulation}: a build must not fail by its date.
 */
class SimulationTest {
  private static final long NANOS_IN_ALL = Duration.ofSeconds(20).toNanos();
  private static final int LEAST = 10;
  private static final int MOST = 200;

  /** Number of seeds of the scenario tenants: few of them show one tenant's effect on another. */
  private static final int OF_TENANTS = 1_000;

  static Stream<Scenario> scenarios() {
    return Scenarios.ALL.stream();
  }

  @Test
  void tenantsCostOthersNothingInAnyOfThousandHistories() {
    Scenario tenants = Scenarios.of("tenants");
    try (Simulator simulator = new Simulator()) {
      for (long seed = 1; seed <= OF_TENANTS; seed++) {
        @Nullable Report report = Report.of(simulator, tenants, seed);
        assertThat(report).as("%s", report).isNull();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void everyInvariantHolds(Scenario scenario) {
    long until = System.nanoTime() + NANOS_IN_ALL / Scenarios.ALL.size();
    int histories = 0;
    try (Simulator simulator = new Simulator()) {
      while (histories < LEAST || (histories < MOST && System.nanoTime() < until)) {
        @Nullable Report report = Report.of(simulator, scenario, 1 + histories);
        assertThat(report).as("%s", report).isNull();
        histories++;
      }
    }
    System.out.printf("%s: %d histories%n", scenario, histories);
  }
}
