package io.pushfanout.simulation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the simulator itself: a seed repeats its history, and a broken history is shortened. */
class SimulatorTest {
  private final Simulator simulator = new Simulator();

  @AfterEach
  void close() {
    simulator.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"everything", "edits", "odd-answers", "windows", "graceful-restarts"})
  void aSeedRepeatsItsHistoryExactly(String scenario) {
    for (long seed = 1; seed <= 3; seed++) {
      Simulator.Outcome first = simulator.run(Scenarios.of(scenario), seed);
      Simulator.Outcome second = simulator.run(Scenarios.of(scenario), seed);

      assertThat(second.hash()).isEqualTo(first.hash());
      assertThat(second.trace()).isEqualTo(first.trace()).hasSizeGreaterThan(10);
    }
  }

  @Test
  void anotherSeedIsAnotherHistory() {
    Scenario scenario = Scenarios.of("everything");

    assertThat(simulator.run(scenario, 1).hash()).isNotEqualTo(simulator.run(scenario, 2).hash());
  }

  @Test
  void aBrokenHistoryIsCutToTheEventsThatBreakIt() {
    Scenario broken =
        new Scenario(
            "memory is taken twice",
            s -> {
              s.flow(100, 400, 50);
              for (int i = 0; i < 7; i++) {
                s.at(200 + 100L * i, "nothing " + i, _ -> {});
              }
              s.at(450, "takes memory", x -> assertThat(x.memory.tryTake(100)).isTrue());
              s.at(950, "nothing more", _ -> {});
            });

    Report report = Report.of(simulator, broken, 1);

    assertThat(requireNonNull(report).violation().invariant())
        .isEqualTo(Invariant.MEMORY_IS_GIVEN_BACK);
    assertThat(report.events()).extracting(Script.Event::what).isEqualTo(List.of("takes memory"));
    assertThat(report.toString()).contains("seed 1", "memory is taken twice", "takes memory");
  }

  @Test
  void timeGoesByWithoutWaiting() {
    long began = System.nanoTime();
    Scheduler scheduler = new Scheduler(1);

    scheduler.runUntil(3_600_000 * Simulation.MILLI);

    assertThat(scheduler.elapsed()).isEqualTo(3_600_000 * Simulation.MILLI);
    assertThat(System.nanoTime() - began).isLessThan(60_000 * Simulation.MILLI);
  }
}
