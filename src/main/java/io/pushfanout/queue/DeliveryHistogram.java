package io.pushfanout.queue;

import io.pushfanout.model.TraceContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The durations of a fanout's deliveries, from enqueue to acknowledgement: a count for each of some
 * ranges, and the sum. May be used from any thread.
 */
public final class DeliveryHistogram {
  private static final long[] BOUNDS =
      LongStream.of(
              500,
              1_000,
              2_500,
              5_000,
              10_000,
              25_000,
              50_000,
              100_000,
              250_000,
              500_000,
              1_000_000,
              2_500_000,
              5_000_000,
              10_000_000,
              30_000_000)
          .map(TimeUnit.MICROSECONDS::toNanos)
          .toArray();

  /** Counts by range: one for each bound, and one for durations above the last bound. */
  private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];

  private final LongAdder nanos = new LongAdder();

  /** The last exemplar of each range; null without one. */
  private final AtomicReferenceArray<@Nullable Exemplar> exemplars =
      new AtomicReferenceArray<>(BOUNDS.length + 1);

  /**
   * A delivery whose trace has been recorded.
   *
   * @param context the span of the delivery
   * @param ended the delivery's end
   */
  public record Exemplar(Duration took, TraceContext context, Instant ended) {}

  DeliveryHistogram() {
    Arrays.setAll(counts, _ -> new LongAdder());
  }

  /** Returns the upper bounds, each part of its range; the last range has no bound. */
  public static List<Duration> bounds() {
    return Arrays.stream(BOUNDS).mapToObj(Duration::ofNanos).toList();
  }

  void add(long took) {
    add(range(took, 0), 1, took);
  }

  /** Adds the durations of messages that were delivered together, and are most often alike. */
  void add(List<QueuedMessage> delivered, long now) {
    int range = 0;
    int count = 0;
    long sum = 0;
    for (int i = 0; i < delivered.size(); i++) {
      long took = now - delivered.get(i).enqueuedNanos;
      int next = range(took, range);
      if (next != range) {
        add(range, count, sum);
        range = next;
        count = 0;
        sum = 0;
      }
      count++;
      sum += took;
    }
    add(range, count, sum);
  }

  private void add(int range, int count, long sum) {
    if (count > 0) {
      counts[range].add(count);
      nanos.add(sum);
    }
  }

  /** Keeps the exemplar, as the last one of its range; its delivery is counted already. */
  public void keep(Exemplar exemplar) {
    exemplars.set(range(exemplar.took().toNanos(), 0), exemplar);
  }

  /** Returns the last exemplar of each range that has had one. */
  public List<Exemplar> exemplars() {
    return IntStream.range(0, exemplars.length())
        .mapToObj(exemplars::get)
        .filter(Objects::nonNull)
        .toList();
  }

  /** Returns the range of a duration; the search begins at the one before. */
  private static int range(long took, int near) {
    int range = near;
    while (range > 0 && took <= BOUNDS[range - 1]) {
      range--;
    }
    while (range < BOUNDS.length && took > BOUNDS[range]) {
      range++;
    }
    return range;
  }

  /** Returns the number of deliveries in each range; one more than there are {@link #bounds}. */
  public long[] counts() {
    return Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
  }

  /** Returns the sum of all durations. */
  public Duration sum() {
    return Duration.ofNanos(nanos.sum());
  }

  long count() {
    return Arrays.stream(counts()).sum();
  }
}
