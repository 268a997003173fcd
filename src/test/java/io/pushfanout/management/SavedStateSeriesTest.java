package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SavedStateSeriesTest {
  @Test
  void agesAreShownWhileSavedStateIsInUse() throws IOException {
    assertThat(scrape(Optional.of(Duration.ofMillis(61_900)), Map.of("chat", Duration.ofHours(1))))
        .contains(
            "pushfanout_saved_state_age_seconds{service=\"\",source=\"resources\"} 61.0\n",
            "pushfanout_saved_state_age_seconds{service=\"chat\",source=\"registrations\"}"
                + " 3600.0\n");
  }

  @Test
  void noAgeIsShownWithoutSavedState() throws IOException {
    assertThat(scrape(Optional.empty(), Map.of())).doesNotContain("age_seconds{");
  }

  @Test
  void aClockThatWasSetBackMakesNoAgeNegative() throws IOException {
    assertThat(scrape(Optional.of(Duration.ofSeconds(-5)), Map.of())).contains("} 0.0\n");
  }

  private static String scrape(Optional<Duration> resources, Map<String, Duration> services)
      throws IOException {
    try (Metrics metrics = new Metrics("1")) {
      metrics.register(new SavedStateSeries(() -> resources, () -> services));
      Buffer body = metrics.scrape(MetricsFormat.TEXT).body();
      return body.toString();
    }
  }
}
