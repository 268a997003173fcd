package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class KubernetesSeriesTest {
  @Test
  void anApiServerThatDoesNotWorkIsZero() throws Exception {
    AtomicBoolean synced = new AtomicBoolean(true);
    try (Metrics metrics = new Metrics("1")) {
      metrics.register(new KubernetesSeries(synced::get));

      assertThat(metrics.scrape(MetricsFormat.TEXT).body().toString())
          .contains("pushfanout_kubernetes_synced 1.0\n");
      synced.set(false);
      assertThat(metrics.scrape(MetricsFormat.TEXT).body().toString())
          .contains("pushfanout_kubernetes_synced 0.0\n");
    }
  }
}
