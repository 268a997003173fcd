package io.pushfanout.management;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import io.pushfanout.model.FanoutName;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Times every delivery of a fanout, from enqueue to acknowledgement.
 *
 * <p>This is the one metric that is fed where messages flow instead of being read at a scrape, so
 * the labels are looked up once for each fanout. A histogram for each node as well would be some 20
 * more series a node, for a question (which node is slow?) that queues and states answer.
 */
final class DeliveryTimers implements Function<FanoutName, LongConsumer> {
  private static final double[] SECONDS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };

  private final Histogram histogram;

  DeliveryTimers(PrometheusRegistry registry) {
    histogram =
        Histogram.builder()
            .name("pushfanout_delivery_seconds")
            .unit(Unit.SECONDS)
            .help("Time from enqueue to acknowledgement of the messages that were delivered")
            .labelNames("fanout")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .withoutExemplars()
            .register(registry);
  }

  @Override
  public LongConsumer apply(FanoutName fanout) {
    DistributionDataPoint timer = histogram.labelValues(fanout.toString());
    return nanos -> timer.observe(nanos / 1e9);
  }
}
