package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.queue.MemoryBudget;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LimitSeriesTest {
  @Test
  void seriesHaveExpectedNamesLabelsAndValues() throws Exception {
    MemoryBudget memory = new MemoryBudget(1000);
    assertThat(memory.tryTake(300)).isTrue();
    try (Metrics metrics = new Metrics("1")) {
      metrics.register(new LimitSeries(memory, () -> 5, () -> 7, () -> Map.of("calls", 3L)));
      Scrape scrape = Scrape.of(metrics);
      assertThat(scrape.labelsByName())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "pushfanout_build_info", Set.of("version"),
                  "pushfanout_memory_held_bytes", Set.of(),
                  "pushfanout_memory_budget_bytes", Set.of(),
                  "pushfanout_share_refusals_total", Set.of("of"),
                  "pushfanout_connections", Set.of(),
                  "pushfanout_connections_refused_total", Set.of()));
      assertThat(scrape.value("pushfanout_memory_held_bytes")).isEqualTo(300);
      assertThat(scrape.value("pushfanout_memory_budget_bytes")).isEqualTo(1000);
      assertThat(scrape.value("pushfanout_connections")).isEqualTo(5);
      assertThat(scrape.value("pushfanout_connections_refused_total")).isEqualTo(7);
      assertThat(scrape.value("pushfanout_share_refusals_total{of=\"calls\"}")).isEqualTo(3);
    }
  }
}
