package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReloadSeriesTest {
  @Test
  void filesWithAFailedReloadAreZero() throws Exception {
    try (Metrics metrics = new Metrics("1")) {
      metrics.register(new ReloadSeries(() -> Map.of("tokens", false, "tls-profile/main", true)));

      assertThat(metrics.scrape(MetricsFormat.TEXT).body().toString())
          .contains(
              "pushfanout_files_last_reload_successful{files=\"tokens\"} 0.0\n",
              "pushfanout_files_last_reload_successful{files=\"tls-profile/main\"} 1.0\n");
    }
  }
}
