package io.pushfanout.management;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long deliveries took, from enqueue to acknowledgement: the histogram {@code
 * pushfanout_delivery_seconds} of all fanouts together.
 *
 * @param seconds the sum of all
 * @param atMost how many took at most so many seconds, by that bound; the last is infinite
 */
public record DeliveryTimes(double seconds, NavigableMap<Double, Long> atMost) {
  private static final Pattern SAMPLE =
      Pattern.compile(
          // No label holds a line end: each line is looked at once.
          "^pushfanout_delivery_seconds_(bucket|sum)\\{([^}\n]*)\\} (\\S+)", Pattern.MULTILINE);
  private static final Pattern BOUND = Pattern.compile("\\ble=\"([^\"]+)\"");

  public DeliveryTimes {
    atMost = new TreeMap<>(atMost);
  }

  /**
   * @param page Prometheus' text
   * @throws IllegalArgumentException where a number is none
   */
  static DeliveryTimes read(String page) {
    double seconds = 0;
    NavigableMap<Double, Long> atMost = new TreeMap<>();
    Matcher sample = SAMPLE.matcher(page);
    while (sample.find()) {
      double value = number(sample.group(3));
      Matcher bound = BOUND.matcher(sample.group(2));
      if (sample.group(1).equals("sum")) {
        seconds += value;
      } else if (bound.find()) {
        atMost.merge(number(bound.group(1)), (long) value, Long::sum);
      }
    }
    return new DeliveryTimes(seconds, atMost);
  }

  private static double number(String text) {
    return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
  }

  /** Those after the earlier moment; all, where counts have begun anew meanwhile. */
  DeliveryTimes since(DeliveryTimes before) {
    if (before.count() > count()) {
      return this;
    }
    NavigableMap<Double, Long> fresh = new TreeMap<>();
    atMost.forEach((bound, n) -> fresh.put(bound, n - before.atMost.getOrDefault(bound, 0L)));
    return new DeliveryTimes(seconds - before.seconds, fresh);
  }

  public long count() {
    return atMost.isEmpty() ? 0 : atMost.lastEntry().getValue();
  }

  /** The mean in seconds; 0 when there was no delivery. */
  public double mean() {
    return count() == 0 ? 0 : seconds / count();
  }

  /**
   * The bound in seconds under which this share of the deliveries took, no finer than the
   * histogram's: infinite above its last; 0 when there was no delivery.
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
