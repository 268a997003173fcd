package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files of {@code deploy/compose}, held to each other and to the program. */
class ComposeTest {
  private static final Path FOLDER = Path.of("deploy", "compose");
  private JsonObject services;

  @BeforeEach
  void read() throws Exception {
    services = yaml("compose.yaml").getJsonObject("services");
  }

  @Test
  void serverAndNodesTakeTheirArguments() {
    assertThat(CommandRun.read(Object.class, Map.of(), command("pushfanout")))
        .isInstanceOf(ServeCommand.class);
    assertThat(CommandRun.read(Object.class, Map.of(), command("connect-node")))
        .isInstanceOf(NodeCommand.class);
  }

  @Test
  void theFanoutIsValidAndFindsTheNodesByTheirService() throws Exception {
    CommandRun run = CommandRun.of("validate", FOLDER.resolve("fanout.yaml").toString());

    assertThat(run.code()).as(run.err()).isZero();
    JsonObject discovery = yaml("fanout.yaml").getJsonObject("spec").getJsonObject("discovery");
    assertThat(services.getMap()).containsKey(discovery.getJsonObject("dns").getString("name"));
  }

  @Test
  void everyContainerIsBoundedAndItsImagePinned() {
    for (String name : services.fieldNames()) {
      JsonObject service = services.getJsonObject(name);
      assertThat(service.getString("image")).as(name).matches("[a-z/]+:v?\\d+\\.\\d+\\.\\S+");
      assertThat(service.getBoolean("read_only")).as(name).isTrue();
      assertThat(service.getJsonArray("cap_drop")).as(name).containsExactly("ALL");
      assertThat(service.getJsonArray("ports"))
          .as(name)
          .allSatisfy(port -> assertThat(port).asString().startsWith("127.0.0.1:"));
    }
  }

  @Test
  void mountedFilesExist() {
    for (String name : services.fieldNames()) {
      for (Object volume : services.getJsonObject(name).getJsonArray("volumes", new JsonArray())) {
        String source = volume.toString().split(":", 2)[0];
        if (source.startsWith(".")) {
          assertThat(FOLDER.resolve(source)).as(name).exists();
        }
      }
    }
  }

  @Test
  void theImageIsThatOfTheManifests() throws Exception {
    String image = services.getJsonObject("pushfanout").getString("image");

    assertThat(services.getJsonObject("connect-node").getString("image")).isEqualTo(image);
    assertThat(Path.of("deploy", "pushfanout.yaml")).content().contains('"' + image + '"');
  }

  @Test
  void aTrialInAClusterHasTheSameImagesAndGrafana() throws Exception {
    Path cluster = Path.of("deploy", "monitoring");
    for (String name : List.of("prometheus", "grafana")) {
      String image = services.getJsonObject(name).getString("image");
      assertThat(cluster.resolve(name + ".yaml")).content().contains("image: " + image + "\n");
    }
    assertThat(cluster.resolve("datasources.yaml"))
        .hasSameTextualContentAs(FOLDER.resolve("grafana/datasources/prometheus.yaml"));
    assertThat(cluster.resolve("dashboards.yaml"))
        .hasSameTextualContentAs(FOLDER.resolve("grafana/dashboards/pushfanout.yaml"));
  }

  @Test
  void grafanaFindsItsDashboards() throws Exception {
    JsonObject provider =
        yaml("grafana/dashboards/pushfanout.yaml").getJsonArray("providers").getJsonObject(0);
    String path = provider.getJsonObject("options").getString("path");
    JsonObject grafana = services.getJsonObject("grafana");

    assertThat(grafana.getJsonArray("volumes")).contains("../dashboards:" + path + ":ro");
    String home =
        grafana.getJsonObject("environment").getString("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH");
    assertThat(home).startsWith(path + "/");
    assertThat(Path.of("deploy", "dashboards", home.substring(path.length() + 1))).exists();
    String source =
        yaml("grafana/datasources/prometheus.yaml")
            .getJsonArray("datasources")
            .getJsonObject(0)
            .getString("url");
    assertThat(source).isEqualTo("http://prometheus:9090");
  }

  private String[] command(String service) {
    return services.getJsonObject(service).getJsonArray("command").stream()
        .map(Object::toString)
        .toArray(String[]::new);
  }

  @SuppressWarnings("unchecked") // YAML keys are strings; a wrong assumption fails the test
  private static JsonObject yaml(String file) throws Exception {
    Object document =
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(FOLDER.resolve(file)));
    return new JsonObject((Map<String, Object>) document);
  }
}
