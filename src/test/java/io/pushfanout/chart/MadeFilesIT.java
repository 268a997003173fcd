package io.pushfanout.chart;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is in {@code deploy} for those who have no Helm. */
class MadeFilesIT {
  @Test
  void theManifestsAreWhatTheChartMakesByDefault() throws IOException {
    String rendered =
        Chart.template(Chart.RELEASE, Chart.NAMESPACE).replaceAll("(?m)^# Source: .*\n", "");
    new MadeFile(
            Path.of("deploy", "pushfanout.yaml"),
            "# Made from helm/pushfanout with its default values; a test keeps it so.\n" + rendered)
        .check();
  }
}
