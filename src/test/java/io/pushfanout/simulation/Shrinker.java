package io.pushfanout.simulation;

import java.util.ArrayList;
import java.util.List;

/** Cuts a history that breaks an invariant to the events that break it. */
final class Shrinker {
  private final Simulator simulator;
  private int runsLeft;

  /**
   * @param runs maximum number of runs
   */
  Shrinker(Simulator simulator, int runs) {
    this.simulator = simulator;
    this.runsLeft = runs;
  }

  /** Returns the shortest history found by leaving out fewer and fewer events at a time. */
  List<Script.Event> shrink(Scenario scenario, long seed, Invariant broken) {
    List<Script.Event> shortest = scenario.script(seed).events();
    for (int size = Math.max(1, shortest.size() / 2); size > 0; size /= 2) {
      for (int from = 0; from < shortest.size() && runsLeft > 0; ) {
        List<Script.Event> fewer = new ArrayList<>(shortest);
        fewer.subList(from, Math.min(fewer.size(), from + size)).clear();
        runsLeft--;
        Script script = scenario.script(seed);
        Violation violation = simulator.run(script, seed, fewer).violation();
        if (violation != null && violation.invariant() == broken) {
          shortest = fewer;
        } else {
          from += size;
        }
      }
    }
    return shortest;
  }
}
