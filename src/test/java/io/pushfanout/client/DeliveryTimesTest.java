package io.pushfanout.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DeliveryTimesTest {
  private static final String PAGE =
      """
      # TYPE pushfanout_delivery_seconds histogram
      pushfanout_delivery_seconds_bucket{fanout="a/chat",le="0.001"} 10
      pushfanout_delivery_seconds_bucket{fanout="a/chat",le="0.005"} 90
      pushfanout_delivery_seconds_bucket{fanout="a/chat",le="+Inf"} 100
      pushfanout_delivery_seconds_count{fanout="a/chat"} 100
      pushfanout_delivery_seconds_sum{fanout="a/chat"} 0.4
      pushfanout_delivery_seconds_bucket{fanout="b/news",le="0.001"} 100
      pushfanout_delivery_seconds_bucket{fanout="b/news",le="0.005"} 100
      pushfanout_delivery_seconds_bucket{fanout="b/news",le="+Inf"} 100
      pushfanout_delivery_seconds_count{fanout="b/news"} 100
      pushfanout_delivery_seconds_sum{fanout="b/news"} 0.1
      pushfanout_broadcasts_total{fanout="b/news",outcome="ok"} 7
      """;

  @Test
  void theHistogramsOfAllFanoutsAreAddedUp() {
    DeliveryTimes times = DeliveryTimes.read(PAGE);

    assertThat(times.count()).isEqualTo(200);
    assertThat(times.mean()).isEqualTo(0.0025, Offset.offset(1e-9));
    assertThat(times.within(0.5)).isEqualTo(0.001);
    assertThat(times.within(0.95)).isEqualTo(0.005);
    assertThat(times.within(0.99)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void earlierDeliveriesAreSubtracted() {
    String later = PAGE.replace("0.4", "1.4").replace("le=\"+Inf\"} 100", "le=\"+Inf\"} 150");

    DeliveryTimes fresh = DeliveryTimes.read(later).since(DeliveryTimes.read(PAGE));

    assertThat(fresh.count()).isEqualTo(100);
    assertThat(fresh.mean()).isEqualTo(0.01, Offset.offset(1e-9));
    assertThat(fresh.within(0.01)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void aRestartedServerCountsFromZero() {
    DeliveryTimes before = DeliveryTimes.read(PAGE.replace("} 100", "} 1000"));

    assertThat(DeliveryTimes.read(PAGE).since(before).count()).isEqualTo(200);
  }

  @Test
  void withoutDeliveriesAllIsZero() {
    DeliveryTimes none = DeliveryTimes.read("# nothing\n");

    assertThat(none.count()).isZero();
    assertThat(none.mean()).isZero();
    assertThat(none.within(0.5)).isZero();
  }
}
