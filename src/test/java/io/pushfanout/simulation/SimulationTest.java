package io.pushfanout.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each scenario with as many of the same seeds as its share of the time allows. New seeds are for
 * {@link LongSimulation}: a build must not fail by its date.
 */
class SimulationTest {
  private static final long NANOS_IN_ALL = Duration.ofSeconds(35).toNanos();
  private static final int LEAST = 10;
  private static final int MOST = 200;

  static Stream<Scenario> scenarios() {
    return Scenarios.ALL.stream();
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
