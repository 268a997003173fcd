package io.pushfanout.client;

import java.time.Duration;

/**
 * The due times of an open loop's calls: evenly spread, independent of earlier calls' outcomes.
 *
 * @param perSecond calls a second, more than 0
 * @param duration period in which calls are due
 */
public record ArrivalSchedule(double perSecond, Duration duration) {
  public ArrivalSchedule {
    if (!(perSecond > 0) || duration.isNegative()) {
      throw new IllegalArgumentException("no pace: " + perSecond + "/s for " + duration);
    }
  }

  /** Returns the number of calls that are due in total. */
  public long calls() {
    return Math.round(perSecond * duration.toNanos() / 1e9);
  }

  /** Returns the due time of a call, in nanoseconds from the start; calls count from 0. */
  long dueNanos(long call) {
    return (long) (call / perSecond * 1e9);
  }
}
