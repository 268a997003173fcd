package io.pushfanout.fanout;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * How long the deliveries of a fanout took, from enqueue to acknowledgement: a number for each of
 * some ranges, and the sum. May be used from any thread.
 */
public final class DeliveryHistogram {
  private static final long[] BOUNDS =
      Stream.of(
              "PT0.0005S",
              "PT0.001S",
              "PT0.0025S",
              "PT0.005S",
              "PT0.01S",
              "PT0.025S",
              "PT0.05S",
              "PT0.1S",
              "PT0.25S",
              "PT0.5S",
              "PT1S",
              "PT2.5S",
              "PT5S",
              "PT10S",
              "PT30S")
          .map(Duration::parse)
          .mapToLong(Duration::toNanos)
          .toArray();

  /** One for each bound, and one for what took longer than the last. */
  private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];

  private final LongAdder nanos = new LongAdder();

  DeliveryHistogram() {
    Arrays.setAll(counts, _ -> new LongAdder());
  }

  /** The upper bounds of the ranges but the last, which has none. They belong to their ranges. */
  public static List<Duration> bounds() {
    return Arrays.stream(BOUNDS).mapToObj(Duration::ofNanos).toList();
  }

  void add(long took) {
    int range = 0;
    while (range < BOUNDS.length && took > BOUNDS[range]) {
      range++;
    }
    counts[range].increment();
    nanos.add(took);
  }

  /** The number of deliveries in each range; one more than there are {@link #bounds}. */
  public long[] counts() {
    return Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
  }

  /** The sum of all times. */
  public Duration sum() {
    return Duration.ofNanos(nanos.sum());
  }

  long count() {
    return Arrays.stream(counts()).sum();
  }
}
