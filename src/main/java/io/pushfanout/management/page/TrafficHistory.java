package io.pushfanout.management.page;

import io.pushfanout.broadcast.Totals;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The traffic of the last ten minutes, a point for each 5 s, so that a page shows it at once. The
 * server keeps it whether a page is open or not.
 *
 * <p>A fanout has points from its first traffic until it had none for ten minutes. The sum of all
 * fanouts always has points. The memory is bounded: 51 series of 120 points, about 250 KB.
 *
 * <p>May be used from any thread.
 */
final class TrafficHistory {
  static final Duration EVERY = Duration.ofSeconds(5);

  /** Points of one series. */
  static final int POINTS = 120;

  /** Maximum number of fanouts with a series. */
  static final int FANOUTS_MAX = 50;

  /** Name of the series that is the sum of all fanouts. */
  static final String ALL = "";

  private final Totals totals;
  private final LongSupplier nanoClock;
  private final Map<String, ArrayDeque<Traffic>> series = new TreeMap<>();
  private Map<String, TrafficCounts> before;
  private long beforeNanos;
  private long samples;

  /**
   * The history in the form of the page.
   *
   * @param everySeconds time between two points
   * @param samples number of points added so far, by which a reader finds a point that it has
   * @param series points by fanout, the oldest first
   */
  record Charts(long everySeconds, long samples, Map<String, List<List<Float>>> series) {}

  /** The newest point of each series, and the number of points so far. */
  record Points(long samples, Map<String, List<Float>> series) {}

  /** Starts the history with the present counts. */
  TrafficHistory(Totals totals, LongSupplier nanoClock) {
    this.totals = totals;
    this.nanoClock = nanoClock;
    this.before = TrafficCounts.of(totals);
    this.beforeNanos = nanoClock.getAsLong();
    series.put(ALL, new ArrayDeque<>());
  }

  /** Adds a point with the traffic since the last one. */
  synchronized void sample() {
    Map<String, TrafficCounts> now = TrafficCounts.of(totals);
    long nowNanos = nanoClock.getAsLong();
    double seconds = (nowNanos - beforeNanos) / 1e9;
    TrafficCounts all = TrafficCounts.NOTHING;
    for (Map.Entry<String, TrafficCounts> fanout : now.entrySet()) {
      TrafficCounts fresh =
          fanout.getValue().since(before.getOrDefault(fanout.getKey(), TrafficCounts.NOTHING));
      all = all.plus(fresh);
      add(fanout.getKey(), fresh.over(seconds));
    }
    add(ALL, all.over(seconds));
    series.entrySet().removeIf(one -> !one.getKey().equals(ALL) && isOver(one.getValue()));
    before = now;
    beforeNanos = nowNanos;
    samples++;
  }

  private void add(String name, Traffic point) {
    ArrayDeque<Traffic> points = series.get(name);
    if (points == null) {
      if (point.isNothing() || series.size() > FANOUTS_MAX) {
        return;
      }
      points = new ArrayDeque<>();
      series.put(name, points);
    }
    points.addLast(point);
    if (points.size() > POINTS) {
      points.removeFirst();
    }
  }

  private static boolean isOver(Collection<Traffic> points) {
    return points.size() >= POINTS && points.stream().allMatch(Traffic::isNothing);
  }

  /** Returns the number of points added so far. */
  synchronized long samples() {
    return samples;
  }

  /** Returns all points. */
  synchronized Charts charts() {
    Map<String, List<List<Float>>> all = new TreeMap<>();
    series.forEach((name, points) -> all.put(name, points.stream().map(Traffic::values).toList()));
    return new Charts(EVERY.toSeconds(), samples, all);
  }

  /** Returns the newest point of each series. */
  synchronized Points last() {
    Map<String, List<Float>> last = new TreeMap<>();
    series.forEach(
        (name, points) -> {
          if (!points.isEmpty()) {
            last.put(name, points.getLast().values());
          }
        });
    return new Points(samples, last);
  }
}
