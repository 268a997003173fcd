package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consistency between the chart's files and the rest of the repository. */
class MadeFilesTest {
  @ParameterizedTest
  @ValueSource(strings = {"pushfanout.json", "pushfanout-node.json"})
  void theChartsDashboardsAreThoseInDeploy(String name) throws IOException {
    String dashboard = Files.readString(Path.of("deploy", "dashboards", name));
    new MadeFile(Chart.HOME.resolve("files/dashboards").resolve(name), dashboard).check();
  }

  @Test
  void theChartsDefaultsForTemplatesAreItsValues() throws IOException {
    new MadeFile(Chart.HOME.resolve("files/values.yaml"), Chart.read("values.yaml")).check();
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

  /** The packaged chart contains no other file of the repository. */
  @Test
  void thePackageNamesLicenceAndHomeAndHasNoLinkOutOfItself() throws IOException {
    Manifest chart = new Manifest(Yaml.read(Chart.HOME.resolve("Chart.yaml")));

    assertThat(chart.map("annotations")).containsEntry("artifacthub.io/license", "Apache-2.0");
    assertThat(chart.text("home")).startsWith("https://");
    assertThat(chart.list("sources")).isNotEmpty();
    assertThat(chart.list("maintainers")).isNotEmpty();
    assertThat(chart.text("icon")).endsWith("/helm/pushfanout/icon.svg");
    assertThat(Chart.HOME.resolve("icon.svg")).exists();
    assertThat(Chart.read("README.md")).doesNotContain("](..");
  }
}
