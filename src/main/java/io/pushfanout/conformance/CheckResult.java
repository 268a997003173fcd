package io.pushfanout.conformance;

import io.pushfanout.json.Json;
import java.util.List;

/** The results of all rules, in the order of {@link Rules}. */
public record CheckResult(List<RuleResult> rules) {
  public CheckResult {
    rules = List.copyOf(rules);
  }

  /** A JSON document of a check. Versions may add keys, but never remove one. */
  private record Document(
      boolean passed, long ok, long failed, long skipped, List<RuleResult> rules) {}

  /** Returns whether no rule failed. */
  public boolean passed() {
    return count(RuleResult.FAILED) == 0;
  }

  /** Returns the line of the totals. */
  public String totals() {
    return "%d ok, %d failed, %d skipped"
        .formatted(count(RuleResult.OK), count(RuleResult.FAILED), count(RuleResult.SKIPPED));
  }

  /** Returns the results as one JSON object. */
  public String json() {
    return Json.pretty(
        new Document(
            passed(),
            count(RuleResult.OK),
            count(RuleResult.FAILED),
            count(RuleResult.SKIPPED),
            rules));
  }

  private long count(String outcome) {
    return rules.stream().filter(each -> each.outcome().equals(outcome)).count();
  }
}
