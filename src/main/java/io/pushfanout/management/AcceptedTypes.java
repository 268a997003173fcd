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
 * The media types that a client reads, by its {@code Accept} header (RFC 9110, section 12.5.1).
 * Ranges that are malformed are left out, as if they had not been sent.
 */
final class AcceptedTypes {
  private static final Pattern WEIGHT = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");
  private static final CharMatcher BLANK = CharMatcher.anyOf(" \t");
  private static final Splitter RANGES = Splitter.on(',').trimResults(BLANK).omitEmptyStrings();
  private static final Splitter PARTS = Splitter.on(';').trimResults(BLANK).omitEmptyStrings();

  /**
   * How welcome a type is.
   *
   * @param weight from 0, not at all, to 1
   * @param precision how closely the range names the type: 0 for any, 1 for a subtype of any kind,
   *     2 for the type itself, 3 with parameters
   */
  record Match(double weight, int precision) {
    static final Match NONE = new Match(0, 0);
  }

  private record Range(String type, String subtype, Map<String, String> parameters, double weight) {
    /** Below 0 where it does not have the type in it. */
    int precision(String typeAsked, String subtypeAsked, Map<String, String> parametersAsked) {
      if (type.equals("*")) {
        return 0;
      }
      if (!type.equals(typeAsked) || !(subtype.equals("*") || subtype.equals(subtypeAsked))) {
        return -1;
      }
      for (Map.Entry<String, String> asked : parametersAsked.entrySet()) {
        if (!parameters.getOrDefault(asked.getKey(), asked.getValue()).equals(asked.getValue())) {
          return -1;
        }
      }
      return subtype.equals("*") ? 1 : parameters.isEmpty() ? 2 : 3;
    }
  }

  private final List<Range> ranges = new ArrayList<>();

  /**
   * @param header all its lines, joined by commas; null for none: everything is accepted
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
   * How welcome a type is: by the range that names it most closely, and of several such by the one
   * with the greatest weight.
   *
   * @param parameters which a range must not give other values
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
