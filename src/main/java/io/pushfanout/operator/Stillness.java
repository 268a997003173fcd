package io.pushfanout.operator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How long things have not moved, by our own monotonic clock alone: what the clocks of others say
 * is never compared with ours. For one thread.
 */
final class Stillness {
  /** What nobody has looked at for this long is forgotten. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final LongSupplier nanoClock;
  private final Map<String, Seen> seen = new HashMap<>();

  private record Seen(String version, long sinceNanos, long lookedNanos) {}

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
    seen.values().removeIf(one -> now - one.lookedNanos() > REMEMBERED.toNanos());
    Seen before = seen.get(name);
    long since = before != null && before.version().equals(version) ? before.sinceNanos() : now;
    seen.put(name, new Seen(version, since, now));
    return Duration.ofNanos(now - since);
  }

  /** We could not look for a while, so nobody knows what moved meanwhile. */
  void forget() {
    seen.clear();
  }
}
