package io.pushfanout.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of a history: a hash of all, and the last lines for people. */
final class Trace {
  private static final int KEPT = 400;

  private record Line(long nanos, String what, Object who, long detail) {
    @Override
    public String toString() {
      return "%10.3f ms  %s %s %s".formatted(nanos / 1e6, who, what, detail == NONE ? "" : detail);
    }
  }

  private static final long NONE = Long.MIN_VALUE;

  private final @Nullable Line[] last = new @Nullable Line[KEPT];
  private long lines;
  private long hash;

  void add(long nanos, Object who, String what) {
    add(nanos, who, what, NONE);
  }

  /**
   * @param who the object that the line is about
   */
  void add(long nanos, Object who, String what, long detail) {
    last[(int) (lines++ % KEPT)] = new Line(nanos, what, who, detail);
    hash = (hash ^ nanos) * 0x9E3779B97F4A7C15L;
    hash = (hash ^ what.hashCode() ^ detail) * 0xBF58476D1CE4E5B9L;
    hash ^= hash >>> 31;
  }

  long hash() {
    return hash;
  }

  /** Returns the last lines, oldest first. */
  List<String> tail(int count) {
    List<String> tail = new ArrayList<>();
    for (long i = Math.max(0, lines - Math.min(count, KEPT)); i < lines; i++) {
      tail.add(String.valueOf(last[(int) (i % KEPT)]));
    }
    return tail;
  }
}
