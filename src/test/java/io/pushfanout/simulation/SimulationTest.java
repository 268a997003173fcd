package io.pushfanout.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each scenario with as many seeds as its share of the time allows: the same few every time, and
 * others each day.
 */
class SimulationTest {
  private static final long NANOS_IN_ALL = Duration.ofSeconds(45).toNanos();
  private static final int LEAST = 10;
  private static final int SAME = 40;
  private static final long SEEDS_OF_A_DAY = 1_000_000;

  static Stream<Scenario> scenarios() {
    return Scenarios.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void everyInvariantHolds(Scenario scenario) {
    long until = System.nanoTime() + NANOS_IN_ALL / Scenarios.ALL.size();
    long today = LocalDate.now(ZoneOffset.UTC).toEpochDay() * SEEDS_OF_A_DAY;
    int histories = 0;
    try (Simulator simulator = new Simulator()) {
      while (histories < LEAST || System.nanoTime() < until) {
        long seed = histories < SAME ? 1 + histories : today + histories;
        @Nullable Report report = Report.of(simulator, scenario, seed);
        assertThat(report).as("%s", report).isNull();
        histories++;
      }
    }
    System.out.printf("%s: %d histories, seeds of the day from %d%n", scenario, histories, today);
  }
}
