package io.pushfanout.management.page;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.DeliveryHistogram;
import io.pushfanout.queue.FanoutTotals;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The counts of one fanout since the start of the process, or between two moments. */
final class TrafficCounts {
  private static final List<Duration> BOUNDS = DeliveryHistogram.bounds();
  private static final int PERCENT = 99;

  static final TrafficCounts NOTHING = new TrafficCounts(0, 0, new long[BOUNDS.size() + 1]);

  private final long broadcasts;
  private final long lost;

  /** Deliveries by the range of their duration. */
  private final long[] times;

  private TrafficCounts(long broadcasts, long lost, long[] times) {
    this.broadcasts = broadcasts;
    this.lost = lost;
    this.times = times;
  }

  /** Returns the counts of every fanout, by name. */
  static Map<String, TrafficCounts> of(Totals totals) {
    Map<String, TrafficCounts> counts = new TreeMap<>();
    totals.all().forEach((name, sums) -> counts.put(name.toString(), of(sums)));
    return counts;
  }

  private static TrafficCounts of(FanoutTotals sums) {
    long broadcasts = Arrays.stream(CallOutcome.values()).mapToLong(sums::broadcasts).sum();
    long lost =
        sums.expired()
            + Arrays.stream(StatusCode.values()).mapToLong(sums::failed).sum()
            + Arrays.stream(DropReason.values()).mapToLong(sums::dropped).sum();
    return new TrafficCounts(broadcasts, lost, sums.deliveryTimes().counts());
  }

  TrafficCounts plus(TrafficCounts other) {
    return with(other, 1);
  }

  TrafficCounts since(TrafficCounts earlier) {
    return with(earlier, -1);
  }

  private TrafficCounts with(TrafficCounts other, int sign) {
    long[] sums = times.clone();
    Arrays.setAll(sums, i -> sums[i] + sign * other.times[i]);
    return new TrafficCounts(broadcasts + sign * other.broadcasts, lost + sign * other.lost, sums);
  }

  /** Returns the traffic, where these are the counts of so many seconds. */
  Traffic over(double seconds) {
    return new Traffic(
        rate(broadcasts, seconds),
        rate(Arrays.stream(times).sum(), seconds),
        rate(lost, seconds),
        p99Millis());
  }

  /** Returns a rate with one decimal. */
  private static float rate(long count, double seconds) {
    return seconds <= 0 ? 0 : Math.round(10 * count / seconds) / 10f;
  }

  private float p99Millis() {
    long wanted = Math.ceilDiv(Arrays.stream(times).sum() * PERCENT, 100);
    long within = 0;
    for (int i = 0; i < BOUNDS.size(); i++) {
      within += times[i];
      if (within >= wanted) {
        return wanted == 0 ? 0 : BOUNDS.get(i).toNanos() / 1e6f;
      }
    }
    return Traffic.BEYOND;
  }
}
