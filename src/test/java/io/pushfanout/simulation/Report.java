package io.pushfanout.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The report for people about a history that breaks an invariant. */
record Report(
    Scenario scenario,
    long seed,
    Violation violation,
    List<Script.Event> events,
    List<String> trace) {
  private static final int RUNS = 200;

  /**
   * Runs a history and shortens it if it breaks an invariant. Returns null if all invariants hold.
   */
  static @Nullable Report of(Simulator simulator, Scenario scenario, long seed) {
    Violation violation = simulator.run(scenario, seed).violation();
    if (violation == null) {
      return null;
    }
    List<Script.Event> events =
        new Shrinker(simulator, RUNS).shrink(scenario, seed, violation.invariant());
    Simulator.Outcome last = simulator.run(scenario.script(seed), seed, events);
    Violation shown = last.violation() == null ? violation : last.violation();
    return new Report(scenario, seed, shown, events, last.trace());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("scenario ").append(scenario).append(", seed ").append(seed).append('\n');
    text.append("  ").append(violation.getMessage()).append('\n');
    text.append("  events:\n");
    events.forEach(event -> text.append("    ").append(event).append('\n'));
    text.append("  the last that happened:\n");
    trace.forEach(line -> text.append("    ").append(line).append('\n'));
    return text.toString();
  }
}
