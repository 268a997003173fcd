package io.pushfanout.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Runs histories for a given time: {@code mvn test -Psimulate}. The run goes on after a broken
 * invariant, and reports the first seed of each.
 */
class LongSimulation {
  private static final long MINUTES = Long.getLong("pushfanout.simulate.minutes", 10);
  private static final long SEED = Long.getLong("pushfanout.simulate.seed", 0);
  private static final String SCENARIO = System.getProperty("pushfanout.simulate.scenario", "");

  @Test
  void everyInvariantHolds() {
    List<Scenario> scenarios = SCENARIO.isEmpty() ? Scenarios.ALL : List.of(Scenarios.of(SCENARIO));
    long until = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
    long first = SEED == 0 ? ThreadLocalRandom.current().nextLong(1L << 40) : SEED;
    System.out.println("seeds from " + first);
    Map<String, Report> found = new LinkedHashMap<>();
    long seed = first;
    long histories = 0;
    try (Simulator simulator = new Simulator()) {
      do {
        for (Scenario scenario : scenarios) {
          @Nullable Violation violation = simulator.run(scenario, seed).violation();
          histories++;
          String kind = violation == null ? "" : scenario + " " + violation.invariant();
          if (violation != null && !found.containsKey(kind)) {
            Report report = Report.of(simulator, scenario, seed);
            if (report != null) {
              System.out.println(report);
              found.put(kind, report);
            }
          }
        }
        seed++;
      } while (SEED == 0 && System.nanoTime() < until);
    }
    System.out.printf("%d histories, %d kinds of failure%n", histories, found.size());
    assertThat(found.values()).isEmpty();
  }
}
