package io.pushfanout.tracing;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The times of one broadcast's spans: one reading of both clocks, so that a step of the wall clock
 * bends no span.
 *
 * @param epochNanos wall clock at the beginning, in nanoseconds since 1970
 * @param nanos the engine's clock at the beginning
 */
record SpanTimes(long epochNanos, long nanos) {
  static SpanTimes since(Instant now, long nanos) {
    return new SpanTimes(TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano(), nanos);
  }

  /** Returns a time of the engine's clock in nanoseconds since 1970. */
  long epochNanos(long engineNanos) {
    return epochNanos + engineNanos - nanos;
  }
}
