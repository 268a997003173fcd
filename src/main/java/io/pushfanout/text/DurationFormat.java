package io.pushfanout.text;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The notation of durations in the resource: GEP-2257, such as {@code 500ms}, {@code 1m30s}, {@code
 * 0s}.
 */
public final class DurationFormat {
  /** The accepted form as a regular expression, valid for Kubernetes too. */
  public static final String FORM = "([0-9]{1,5}(h|m|s|ms)){1,4}";

  /** Length of the longest text of that form in characters. */
  public static final int LENGTH_MAX = 28;

  private static final Pattern PATTERN = Pattern.compile(FORM);
  private static final Pattern PART = Pattern.compile("([0-9]{1,5})(ms|h|m|s)");

  private DurationFormat() {}

  /**
   * Parses a duration.
   *
   * @throws IllegalArgumentException if the text does not have the form of GEP-2257
   */
  public static Duration parse(String text) {
    if (!PATTERN.matcher(text).matches()) {
      throw new IllegalArgumentException("must be a duration such as 500ms, 5s or 1m30s");
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      long n = Long.parseLong(part.group(1));
      sum =
          sum.plus(
              switch (part.group(2)) {
                case "h" -> Duration.ofHours(n);
                case "m" -> Duration.ofMinutes(n);
                case "s" -> Duration.ofSeconds(n);
                default -> Duration.ofMillis(n);
              });
    }
    return sum;
  }

  /**
   * Returns the shortest text that {@link #parse} reads as this duration, in whole milliseconds.
   */
  public static String format(Duration duration) {
    StringBuilder text = new StringBuilder();
    append(text, duration.toHours(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static void append(StringBuilder text, long n, String unit) {
    if (n > 0) {
      text.append(n).append(unit);
    }
  }
}
