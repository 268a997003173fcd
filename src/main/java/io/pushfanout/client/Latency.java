package io.pushfanout.client;

import org.HdrHistogram.AbstractHistogram;

/** The latencies of calls, in milliseconds; all 0 without calls. */
public record Latency(
    long calls, double mean, double p50, double p90, double p99, double p999, double max) {
  static Latency ofMicros(AbstractHistogram micros) {
    if (micros.getTotalCount() == 0) {
      return new Latency(0, 0, 0, 0, 0, 0, 0);
    }
    return new Latency(
        micros.getTotalCount(),
        micros.getMean() / 1000,
        millis(micros, 50),
        millis(micros, 90),
        millis(micros, 99),
        millis(micros, 99.9),
        millis(micros, 100));
  }

  private static double millis(AbstractHistogram micros, double percentile) {
    return micros.getValueAtPercentile(percentile) / 1000.0;
  }
}
