package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the chart's files must have in common with others. */
class MadeFilesTest {
  @Test
  void theChartsCrdIsTheOneInCrds() throws IOException {
    new MadeFile(Chart.HOME.resolve("files/crd.yaml"), Crd.text()).check();
  }

  @Test
  void theChartsDashboardIsTheOneInDeploy() throws IOException {
    String dashboard = Files.readString(Path.of("deploy", "dashboards", "pushfanout.json"));
    new MadeFile(Chart.HOME.resolve("files/dashboard.json"), dashboard).check();
  }

  @Test
  void theReadmeListsAllValuesWithTheirDefaultsAndMeanings() throws IOException {
    new MadeFile(Chart.HOME.resolve("README.md"), ChartReadme.page()).check();
  }

  @Test
  void theChartHasTheProgramsVersion() throws IOException {
    Matcher version =
        Pattern.compile("<artifactId>pushfanout</artifactId>\\s*<version>(.*)</version>")
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(version.find()).isTrue();

    assertThat(Yaml.read(Chart.HOME.resolve("Chart.yaml")))
        .containsEntry("version", version.group(1))
        .containsEntry("appVersion", version.group(1));
  }
}
