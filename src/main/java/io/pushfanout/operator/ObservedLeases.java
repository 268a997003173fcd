package io.pushfanout.operator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The times for which versions have not changed, by this process's monotonic clock: the clocks of
 * others are never compared with it. For one thread.
 */
final class ObservedLeases {
  /** Time without a look after which a version is forgotten. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final LongSupplier nanoClock;
  private final Map<String, Seen> seen = new HashMap<>();

  private record Seen(String version, long sinceNanos, long lookedNanos) {}

  ObservedLeases(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Records the present version of a name.
   *
   * @param version a text that differs after each change
   * @return the time for which looks have shown this version; zero at the first look
   */
  Duration of(String name, String version) {
    long now = nanoClock.getAsLong();
    seen.values().removeIf(one -> now - one.lookedNanos() > REMEMBERED.toNanos());
    Seen before = seen.get(name);
    long since = before != null && before.version().equals(version) ? before.sinceNanos() : now;
    seen.put(name, new Seen(version, since, now));
    return Duration.ofNanos(now - since);
  }

  /** Removes all versions: after a gap between looks, changes in the gap are unknown. */
  void reset() {
    seen.clear();
  }
}
