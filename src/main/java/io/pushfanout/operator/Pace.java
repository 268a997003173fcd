package io.pushfanout.operator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * How often something may be written: what is urgent at once, the rest at most every 5 s, and the
 * same not again while the watch has not shown yet that it was written. For one thread.
 *
 * @param <T> what is written
 */
final class Pace<T> {
  static final Duration PERIOD = Duration.ofSeconds(5);

  private final LongSupplier nanoClock;
  private final Map<String, Written<T>> last = new HashMap<>();

  private record Written<T>(T what, long nanos) {}

  Pace(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Whether this may be written now. */
  boolean allows(String uid, T what, boolean urgent) {
    Written<T> written = last.get(uid);
    if (written == null || nanoClock.getAsLong() - written.nanos() >= PERIOD.toNanos()) {
      return true;
    }
    return urgent && !written.what().equals(what);
  }

  void wrote(String uid, T what) {
    last.put(uid, new Written<>(what, nanoClock.getAsLong()));
  }

  void retain(Set<String> uids) {
    last.keySet().retainAll(uids);
  }
}
