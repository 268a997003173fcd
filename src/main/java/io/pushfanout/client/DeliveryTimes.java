package io.pushfanout.client;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The histogram {@code pushfanout_delivery_seconds} of one fanout or of all fanouts: durations of
 * deliveries, from enqueue to acknowledgement.
 *
 * @param seconds the sum of all durations
 * @param atMost the number of deliveries within each upper bound in seconds; the last bound is
 *     infinite
 */
public record DeliveryTimes(double seconds, NavigableMap<Double, Long> atMost) {
  private static final Pattern SAMPLE =
      Pattern.compile(
          // No label contains a line end, so each line is scanned once.
          "^pushfanout_delivery_seconds_(bucket|sum)\\{([^}\n]*)\\} (\\S+)", Pattern.MULTILINE);
  private static final Pattern FANOUT = Pattern.compile("\\bfanout=\"([^\"]+)\"");
  private static final Pattern BOUND = Pattern.compile("\\ble=\"([^\"]+)\"");

  public DeliveryTimes {
    atMost = new TreeMap<>(atMost);
  }

  /**
   * @param page text in Prometheus' format
   * @throws IllegalArgumentException when a value is not a number
   */
  public static DeliveryTimes read(String page) {
    return byFanout(page).values().stream()
        .reduce(new DeliveryTimes(0, new TreeMap<>()), DeliveryTimes::plus);
  }

  /**
   * Returns the histogram of each fanout.
   *
   * @throws IllegalArgumentException when a value is not a number
   */
  static Map<String, DeliveryTimes> byFanout(String page) {
    Map<String, DeliveryTimes> byFanout = new HashMap<>();
    Matcher sample = SAMPLE.matcher(page);
    while (sample.find()) {
      double value = number(sample.group(3));
      Matcher fanout = FANOUT.matcher(sample.group(2));
      Matcher bound = BOUND.matcher(sample.group(2));
      NavigableMap<Double, Long> atMost = new TreeMap<>();
      boolean isSum = sample.group(1).equals("sum");
      if (!isSum && bound.find()) {
        atMost.put(number(bound.group(1)), (long) value);
      }
      byFanout.merge(
          fanout.find() ? fanout.group(1) : "",
          new DeliveryTimes(isSum ? value : 0, atMost),
          DeliveryTimes::plus);
    }
    return byFanout;
  }

  private DeliveryTimes plus(DeliveryTimes other) {
    NavigableMap<Double, Long> sums = new TreeMap<>(atMost);
    other.atMost.forEach((bound, n) -> sums.merge(bound, n, Long::sum));
    return new DeliveryTimes(seconds + other.seconds, sums);
  }

  private static double number(String text) {
    return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
  }

  /** Returns the deliveries after the earlier sample; all deliveries if the counters were reset. */
  public DeliveryTimes since(DeliveryTimes before) {
    if (before.count() > count()) {
      return this;
    }
    NavigableMap<Double, Long> fresh = new TreeMap<>();
    atMost.forEach((bound, n) -> fresh.put(bound, n - before.atMost.getOrDefault(bound, 0L)));
    return new DeliveryTimes(seconds - before.seconds, fresh);
  }

  /** Returns the median and the 99th percentile, such as {@code p50 ≤ 1.0 ms, p99 ≤ 5.0 ms}. */
  String range() {
    return "p50 %s, p99 %s".formatted(bound(0.5), bound(0.99));
  }

  private String bound(double share) {
    double seconds = within(share);
    return Double.isInfinite(seconds)
        ? "beyond the histogram"
        : String.format(Locale.ROOT, "≤ %.1f ms", seconds * 1e3);
  }

  public long count() {
    return atMost.isEmpty() ? 0 : atMost.lastEntry().getValue();
  }

  /** Returns the mean in seconds; 0 without deliveries. */
  public double mean() {
    return count() == 0 ? 0 : seconds / count();
  }

  /**
   * Returns the quantile in seconds, rounded up to a bound of the histogram: infinite above its
   * last finite bound; 0 without deliveries.
   *
   * @param share from 0 to 1
   */
  public double within(double share) {
    double wanted = share * count();
    for (Map.Entry<Double, Long> bucket : atMost.entrySet()) {
      if (bucket.getValue() >= wanted && bucket.getValue() > 0) {
        return bucket.getKey();
      }
    }
    return 0;
  }
}
