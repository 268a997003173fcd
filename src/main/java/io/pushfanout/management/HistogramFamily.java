package io.pushfanout.management;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.Unit;
import io.pushfanout.queue.DeliveryHistogram;
import java.time.Duration;
import java.util.stream.DoubleStream;

/** The values of one histogram of times, gathered during one scrape. */
final class HistogramFamily {
  private static final double NANOS = 1e9;
  private static final double[] SECONDS =
      DoubleStream.concat(
              DeliveryHistogram.bounds().stream().mapToDouble(HistogramFamily::seconds),
              DoubleStream.of(Double.POSITIVE_INFINITY))
          .toArray();

  private final HistogramSnapshot.Builder builder = HistogramSnapshot.builder();

  HistogramFamily(String name, String help) {
    builder.name(name).unit(Unit.SECONDS).help(help);
  }

  void add(Labels labels, DeliveryHistogram times) {
    builder.dataPoint(
        HistogramDataPointSnapshot.builder()
            .labels(labels)
            .classicHistogramBuckets(ClassicHistogramBuckets.of(SECONDS, times.counts()))
            .sum(seconds(times.sum()))
            .exemplars(exemplars(times))
            .build());
  }

  private static Exemplars exemplars(DeliveryHistogram times) {
    return Exemplars.of(
        times.exemplars().stream()
            .map(
                each ->
                    Exemplar.builder()
                        .value(seconds(each.took()))
                        .traceId(each.context().traceId())
                        .spanId(each.context().spanId())
                        .timestampMillis(each.ended().toEpochMilli())
                        .build())
            .toList());
  }

  private static double seconds(Duration time) {
    return time.toNanos() / NANOS;
  }

  HistogramSnapshot snapshot() {
    return builder.build();
  }
}
