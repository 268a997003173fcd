package io.pushfanout.queue;

import java.util.EnumMap;
import java.util.Map;

/**
 * Counts by the constants of an enum, without an object for each event. Not thread-safe.
 *
 * @param <E> the enum
 */
final class EnumCounts<E extends Enum<E>> {
  private final Class<E> type;
  private final long[] counts;

  EnumCounts(Class<E> type) {
    this.type = type;
    this.counts = new long[type.getEnumConstants().length];
  }

  @SuppressWarnings("EnumOrdinal") // an index of this process alone
  void add(E constant, long count) {
    counts[constant.ordinal()] += count;
  }

  /** Returns the counts above 0. */
  @SuppressWarnings("EnumOrdinal") // an index of this process alone
  Map<E, Long> read() {
    Map<E, Long> read = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      long count = counts[constant.ordinal()];
      if (count > 0) {
        read.put(constant, count);
      }
    }
    return Map.copyOf(read);
  }
}
