package io.pushfanout.client;

import java.time.Duration;

/**
 * When each call of an open loop is due: evenly spread, whatever becomes of the calls before it.
 *
 * @param perSecond calls a second, more than 0
 * @param duration how long calls are due
 */
public record ArrivalSchedule(double perSecond, Duration duration) {
  public ArrivalSchedule {
    if (!(perSecond > 0) || duration.isNegative()) {
      throw new IllegalArgumentException("no pace: " + perSecond + "/s for " + duration);
    }
  }

  /** How many calls are due in all. */
  public long calls() {
    return Math.round(perSecond * duration.toNanos() / 1e9);
  }

  /** When a call is due, in nanoseconds from the beginning; calls count from 0. */
  long dueNanos(long call) {
    return (long) (call / perSecond * 1e9);
  }
}
