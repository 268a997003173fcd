package io.pushfanout.operator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * A rate limit of writes by uid: an urgent change at once, other changes at most every 5 s. Within
 * 5 s the same value is not written twice, since the watch may not show the write yet. For one
 * thread.
 *
 * @param <T> the value that is written
 */
final class WriteThrottle<T> {
  static final Duration PERIOD = Duration.ofSeconds(5);

  private final LongSupplier nanoClock;
  private final Map<String, Written<T>> last = new HashMap<>();

  private record Written<T>(T value, long nanos) {}

  WriteThrottle(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Returns whether this value may be written now. */
  boolean allows(String uid, T value, boolean urgent) {
    Written<T> written = last.get(uid);
    if (written == null || nanoClock.getAsLong() - written.nanos() >= PERIOD.toNanos()) {
      return true;
    }
    return urgent && !written.value().equals(value);
  }

  void wrote(String uid, T value) {
    last.put(uid, new Written<>(value, nanoClock.getAsLong()));
  }

  void retain(Set<String> uids) {
    last.keySet().retainAll(uids);
  }
}
