package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Alerts fire, or stay silent, as the cases in {@code src/test/resources/alerts} define. */
class AlertsIT {
  @Test
  void everyCaseEndsAsItShould() throws IOException {
    try (Stream<Path> files = Files.list(AlertsTest.CASES)) {
      List<Path> cases = files.sorted().toList();
      assertThat(cases).hasSizeGreaterThan(4);
      Promtool.passes(cases, "test", "rules");
    }
  }

  @Test
  void prometheusFindsNoFaultInTheRules() {
    Promtool.passes(List.of(Alert.FILE), "check", "rules", "--lint-fatal");
  }

  @Test
  void theComposeFilesConfigurationIsValid() {
    Path file = Path.of("deploy", "compose", "prometheus.yaml");

    Promtool.passes(List.of(file), "check", "config", "--syntax-only");
  }
}
