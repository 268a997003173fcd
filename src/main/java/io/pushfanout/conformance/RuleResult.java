package io.pushfanout.conformance;

import io.pushfanout.text.Printable;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of one rule.
 *
 * @param outcome {@code ok}, {@code failed} or {@code skipped}
 * @param section place of the rule in the documentation
 * @param expected behaviour by the rule, of a failed one
 * @param came behaviour of the node, of a failed one
 * @param millis duration of the check
 */
public record RuleResult(
    String rule,
    String outcome,
    String section,
    @Nullable String expected,
    @Nullable String came,
    long millis) {
  static final String OK = "ok";
  static final String FAILED = "failed";
  static final String SKIPPED = "skipped";

  /** Shortest duration that a rule's line has. */
  private static final long SLOW_MILLIS = 1000;

  private static final int MAX_CHARS = 500;

  static RuleResult ok(Rule rule, long millis) {
    return new RuleResult(rule.name(), OK, rule.section(), null, null, millis);
  }

  static RuleResult failed(Rule rule, String expected, String came, long millis) {
    return new RuleResult(rule.name(), FAILED, rule.section(), expected, came, millis);
  }

  static RuleResult skipped(Rule rule, long millis) {
    return new RuleResult(rule.name(), SKIPPED, rule.section(), null, null, millis);
  }

  /** Returns the result for readers: a line, and two more of a failed rule. */
  public String text() {
    StringBuilder text = new StringBuilder("%-8s %s".formatted(outcome, rule));
    if (millis >= SLOW_MILLIS) {
      text.append(String.format(Locale.ROOT, " (%.1f s)", millis / 1e3));
    }
    if (expected != null && came != null) {
      text.append("\n         expected: ").append(Printable.line(expected, MAX_CHARS));
      text.append("\n         came:     ").append(Printable.line(came, MAX_CHARS));
      text.append("\n         rule:     ").append(section);
    }
    return text.toString();
  }
}
