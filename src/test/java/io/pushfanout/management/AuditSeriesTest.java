package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AuditSeriesTest {
  @Test
  void seriesHaveExpectedNamesLabelsAndValues() throws Exception {
    try (Metrics metrics = new Metrics("1")) {
      metrics.register(new AuditSeries(() -> 5, () -> 7));
      Scrape scrape = Scrape.of(metrics);
      assertThat(scrape.labelsByName())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "pushfanout_build_info", Set.of("version"),
                  "pushfanout_audit_lines_total", Set.of(),
                  "pushfanout_audit_left_out_total", Set.of()));
      assertThat(scrape.value("pushfanout_audit_lines_total")).isEqualTo(5);
      assertThat(scrape.value("pushfanout_audit_left_out_total")).isEqualTo(7);
    }
  }
}
