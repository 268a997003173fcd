package io.pushfanout.operator;

import java.time.Duration;

/**
 * A pause between two Events of one reason. It doubles from 5 s up to 5 min as long as an Event is
 * waiting whenever a pause ends.
 *
 * @param begun start by the monotonic clock, in nanoseconds
 */
record Pause(long begun, Duration length) {
  static final Duration FIRST = Duration.ofSeconds(5);
  static final Duration LONGEST = Duration.ofMinutes(5);

  static Pause first(long nanos) {
    return new Pause(nanos, FIRST);
  }

  boolean isOver(long nanos) {
    return nanos - begun >= length.toNanos();
  }

  /** Returns the pause after this one, which ended with an Event. */
  Pause longer(long nanos) {
    Duration twice = length.multipliedBy(2);
    return new Pause(nanos, twice.compareTo(LONGEST) < 0 ? twice : LONGEST);
  }
}
