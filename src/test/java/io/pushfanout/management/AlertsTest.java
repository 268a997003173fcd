package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Alerts name only series, labels and pages that exist. */
class AlertsTest {
  static final Path CASES = Path.of("src", "test", "resources", "alerts");

  @Test
  void seriesAndLabelsAreThere() throws Exception {
    KnownSeries known = KnownSeries.read();

    assertThat(Alert.all())
        .hasSizeGreaterThan(25)
        .allSatisfy(alert -> known.have(alert.expression()));
  }

  /** An explicit list of labels would lose those that the platform adds. */
  @Test
  void labelsOfThePlatformAreKept() {
    assertThat(Alert.all())
        .allSatisfy(alert -> assertThat(alert.expression()).doesNotContain(" by ("));
  }

  @Test
  void everyAlertHasASeverityAndAnAbsoluteAddressOfItsRunbook() {
    for (Alert alert : Alert.all()) {
      assertThat(alert.labels())
          .as(alert.name())
          .isIn(Map.of("severity", "warning"), Map.of("severity", "critical"));
      assertThat((String) alert.annotations().get("runbook_url"))
          .startsWith("https://")
          .endsWith("/docs/runbooks.md#" + Alert.anchor(alert.name()));
    }
  }

  @Test
  void everyAlertFiresInACase() throws IOException {
    StringBuilder cases = new StringBuilder();
    try (Stream<Path> files = Files.list(CASES)) {
      for (Path file : files.toList()) {
        cases.append(Files.readString(file));
      }
    }
    assertThat(Alert.names())
        .allSatisfy(
            name ->
                assertThat(cases.toString())
                    .contains("labels: 'ALERTS{alertname=\"" + name + "\","));
  }

  @Test
  void thePageOnOperationsListsEachAlert() throws IOException {
    String page = Files.readString(Path.of("docs", "operations.md"));

    assertThat(Alert.all())
        .allSatisfy(
            alert ->
                assertThat(page)
                    .contains(
                        "| [`%s`](runbooks.md#%s) | %s | %s |"
                            .formatted(
                                alert.name(),
                                Alert.anchor(alert.name()),
                                alert.labels().get("severity"),
                                alert.time())));
  }
}
