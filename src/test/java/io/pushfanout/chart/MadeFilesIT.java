package io.pushfanout.chart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is in {@code deploy} for those who have no Helm. */
class MadeFilesIT {
  @Test
  void theManifestsAreWhatTheChartMakesByDefault() throws IOException {
    String rendered =
        Chart.ok(
                Stream.concat(
                        Chart.template(Chart.RELEASE, Chart.NAMESPACE, Chart.HOME).stream(),
                        Stream.of("--skip-tests"))
                    .toList())
            .replaceAll("(?m)^# Source: .*\n", "");
    new MadeFile(
            Path.of("deploy", "pushfanout.yaml"),
            "# Made from helm/pushfanout with its default values; a test keeps it so.\n" + rendered)
        .check();
  }
}
