package io.pushfanout.operator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * How long things have not moved, by our own monotonic clock alone: what the clocks of others say
 * is never compared with ours. For one thread.
 */
final class Stillness {
  private final LongSupplier nanoClock;
  private final Map<String, Seen> seen = new HashMap<>();

  private record Seen(String version, long sinceNanos) {}

  Stillness(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Looks at a thing once more.
   *
   * @param version differs whenever it has moved
   * @return how long it has had this version while we looked; zero at the first look
   */
  Duration of(String name, String version) {
    long now = nanoClock.getAsLong();
    Seen before = seen.get(name);
    if (before == null || !before.version().equals(version)) {
      seen.put(name, new Seen(version, now));
      return Duration.ZERO;
    }
    return Duration.ofNanos(now - before.sinceNanos());
  }

  /** The others are not looked at any more. */
  void retain(Set<String> names) {
    seen.keySet().retainAll(names);
  }

  /** We could not look for a while, so nobody knows what moved meanwhile. */
  void forget() {
    seen.clear();
  }
}
