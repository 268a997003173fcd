package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart as a part of another chart. */
class SubchartIT {
  @TempDir Path parent;

  @BeforeEach
  void aParent() throws IOException {
    Files.writeString(
        parent.resolve("Chart.yaml"),
        """
        apiVersion: v2
        name: platform
        version: 1.0.0
        dependencies:
          - name: pushfanout
            version: "*-0"
            condition: pushfanout.enabled
            tags: [push]
        """);
    Files.writeString(
        parent.resolve("values.yaml"),
        """
        global:
          environment: test
          imageRegistry: mirror.example:5000/
          imagePullSecrets: [everywhere, {name: mirror}]
        tags:
          push: true
        pushfanout:
          enabled: true
          tags: {push: true}
          replicaCount: null
          imagePullSecrets: [mirror, own]
          image:
            repository: registry.example/team/pushfanout
        """);
    Path part = parent.resolve("charts", "pushfanout");
    try (Stream<Path> files = Files.walk(Chart.HOME)) {
      for (Path file : files.toList()) {
        Path copy = part.resolve(Chart.HOME.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  @Test
  void aConditionSwitchesItOff() {
    assertThat(render("--set=pushfanout.enabled=false").objects()).isEmpty();
    assertThat(render().objects()).isNotEmpty();
  }

  @Test
  void valuesForAllPartsCountHere() {
    Rendered objects = render();

    assertThat(String.valueOf(objects.container("image")))
        .startsWith("mirror.example:5000/team/pushfanout:");
    assertThat(objects.pod().list("spec", "imagePullSecrets"))
        .isEqualTo(
            List.of(Map.of("name", "everywhere"), Map.of("name", "mirror"), Map.of("name", "own")));
  }

  /** An alias may have letters and signs that are invalid in an object's name. */
  @Test
  void theNamesOfAnAliasAreNames() throws IOException {
    Path chart = parent.resolve("Chart.yaml");
    Files.writeString(chart, Files.readString(chart) + "    alias: pushFanout_EU\n");

    Rendered objects = render("--set=pushFanout_EU.commonLabels.team=a");

    assertThat(objects.ids()).contains("Deployment/r-pushfanout-eu", "Service/r-pushfanout-eu");
    assertThat(objects.pod().map("metadata", "labels"))
        .containsEntry("app.kubernetes.io/name", "pushfanout-eu")
        .containsEntry("team", "a");
  }

  @Test
  void nullOfAParentIsNullHere() {
    assertThat(render().deployment().map("spec")).doesNotContainKey("replicas");
    assertThat(render("--set=pushfanout.limits=null,global.imagePullSecrets=null").arguments())
        .contains("--max-calls=10000");
  }

  private Rendered render(String... flags) {
    List<String> arguments = new ArrayList<>(Chart.template("r", "n", parent));
    arguments.addAll(List.of(flags));
    return Rendered.of(Chart.ok(arguments));
  }
}
