package io.pushfanout.chart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files in {@code deploy} for users without Helm. */
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

  @Test
  void theAlertsAreWhatTheChartMakesByDefault() throws IOException {
    String rendered = Chart.template(Chart.RELEASE, Chart.NAMESPACE, "prometheusRule.enabled=true");
    String rule = rendered.substring(rendered.indexOf("kind: PrometheusRule"));
    String groups = rule.substring(rule.indexOf("spec:\n") + "spec:\n".length());
    int end = groups.indexOf("---\n");
    new MadeFile(
            Path.of("deploy", "alerts", "pushfanout.yaml"),
            "# Rules for Prometheus, made from helm/pushfanout/files/alerts.yaml; a test keeps it so.\n"
                + (end < 0 ? groups : groups.substring(0, end)).indent(-2))
        .check();
  }
}
