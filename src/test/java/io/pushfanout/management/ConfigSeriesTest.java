package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConfigSeriesTest {
  private final Metrics metrics = new Metrics("1.2.3");
  private final AtomicLong generation = new AtomicLong(1);
  private final AtomicBoolean successful = new AtomicBoolean(true);

  @BeforeEach
  void register() {
    metrics.register(new ConfigSeries(generation::get, successful::get));
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void seriesHaveExpectedNamesAndNoLabels() throws Exception {
    assertThat(Scrape.of(metrics).labelsByName())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "pushfanout_build_info", Set.of("version"),
                "pushfanout_config_generation", Set.of(),
                "pushfanout_config_last_reload_successful", Set.of()));
  }

  @Test
  void valuesAreThePresentOnes() throws Exception {
    Scrape before = Scrape.of(metrics);
    generation.set(7);
    successful.set(false);
    Scrape after = Scrape.of(metrics);

    assertThat(before.value("pushfanout_config_generation")).isEqualTo(1);
    assertThat(before.value("pushfanout_config_last_reload_successful")).isEqualTo(1);
    assertThat(after.value("pushfanout_config_generation")).isEqualTo(7);
    assertThat(after.value("pushfanout_config_last_reload_successful")).isZero();
  }
}
