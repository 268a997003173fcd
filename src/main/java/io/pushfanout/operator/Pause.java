package io.pushfanout.operator;

import java.time.Duration;

/**
 * A pause between two Events of one reason, which doubles from 5 s up to 5 min while there is
 * something to write whenever it is over.
 *
 * @param begun by the clock of nanoseconds
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

  /** The one after this, which ended with an Event. */
  Pause longer(long nanos) {
    Duration twice = length.multipliedBy(2);
    return new Pause(nanos, twice.compareTo(LONGEST) < 0 ? twice : LONGEST);
  }
}
