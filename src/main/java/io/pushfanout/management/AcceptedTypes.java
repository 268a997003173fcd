package io.pushfanout.management;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The media types that a client accepts, from its {@code Accept} header (RFC 9110, section 12.5.1).
 * Malformed ranges are ignored.
 */
final class AcceptedTypes {
  private static final Pattern WEIGHT = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");
  private static final CharMatcher BLANK = CharMatcher.anyOf(" \t");
  private static final Splitter RANGES = Splitter.on(',').trimResults(BLANK).omitEmptyStrings();
  private static final Splitter PARTS = Splitter.on(';').trimResults(BLANK).omitEmptyStrings();

  /**
   * The preference for a type.
   *
   * @param weight 0 (not acceptable) to 1
   * @param precision specificity of the matching range: 0 for any type, 1 for any subtype, 2 for
   *     the exact type, 3 for the type with parameters
   */
  record Match(double weight, int precision) {
    static final Match NONE = new Match(0, 0);
  }

  private record Range(String type, String subtype, Map<String, String> parameters, double weight) {
    /**
     * Returns the specificity of this range for the type; negative if the range does not contain
     * it.
     */
    int precision(String typeAsked, String subtypeAsked, Map<String, String> parametersAsked) {
      if (type.equals("*")) {
        return 0;
      }
      if (!type.equals(typeAsked) || !(subtype.equals("*") || subtype.equals(subtypeAsked))) {
        return -1;
      }
      for (Map.Entry<String, String> wanted : parametersAsked.entrySet()) {
        if (!parameters
            .getOrDefault(wanted.getKey(), wanted.getValue())
            .equals(wanted.getValue())) {
          return -1;
        }
      }
      return subtype.equals("*") ? 1 : parameters.isEmpty() ? 2 : 3;
    }
  }

  private final List<Range> ranges = new ArrayList<>();

  /**
   * @param header all header lines, joined by commas; null (no header) accepts every type
   */
  AcceptedTypes(@Nullable String header) {
    for (String range : RANGES.split(header == null ? "" : header)) {
      add(PARTS.splitToList(range));
    }
    if (ranges.isEmpty()) {
      ranges.add(new Range("*", "*", Map.of(), 1));
    }
  }

  private void add(List<String> parts) {
    List<String> type =
        Splitter.on('/').splitToList(lower(parts.isEmpty() ? "" : parts.getFirst()));
    if (type.size() != 2 || (type.getFirst().equals("*") && !type.getLast().equals("*"))) {
      return;
    }
    Map<String, String> parameters = new HashMap<>();
    double weight = 1;
    for (String part : parts.subList(1, parts.size())) {
      int equals = part.indexOf('=');
      String name = lower(part.substring(0, Math.max(0, equals)));
      String value = CharMatcher.is('"').trimFrom(part.substring(equals + 1));
      if (!name.equals("q")) {
        parameters.put(name, value);
      } else if (WEIGHT.matcher(value).matches()) {
        weight = Double.parseDouble(value);
      } else {
        return;
      }
    }
    ranges.add(new Range(type.getFirst(), type.getLast(), parameters, weight));
  }

  private static String lower(String text) {
    return BLANK.trimFrom(text).toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the preference for a type. The most specific range decides; among equals, the range
   * with the greatest weight.
   *
   * @param parameters parameters of the type; a range with other values does not match
   */
  Match match(String type, String subtype, Map<String, String> parameters) {
    @Nullable Match best = null;
    for (Range range : ranges) {
      int precision = range.precision(type, subtype, parameters);
      if (precision >= 0
          && (best == null
              || precision > best.precision()
              || (precision == best.precision() && range.weight() > best.weight()))) {
        best = new Match(range.weight(), precision);
      }
    }
    return best == null ? Match.NONE : best;
  }
}
