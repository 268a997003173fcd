package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.collect.Sets;
import io.pushfanout.app.Service.Listening;
import io.pushfanout.cli.CommandRun;
import io.pushfanout.demo.Demo;
import io.pushfanout.demo.DemoOptions;
import io.pushfanout.node.AllowedNames;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Dashboards name only series that exist, and their panels have unit, thresholds, text and links.
 */
class DashboardsTest {
  private static final Pattern LINE = Pattern.compile("(?m)^([a-z_]+)");

  /** Series of an etcd, an API server, files and saved state, which a demo has none of. */
  private static final Set<String> OF_OTHER_SOURCES =
      Set.of(
          "pushfanout_audit_left_out_total",
          "pushfanout_config_generation",
          "pushfanout_discovery_invalid_registrations",
          "pushfanout_discovery_nodes",
          "pushfanout_discovery_synced",
          "pushfanout_files_last_reload_successful",
          "pushfanout_kubernetes_synced",
          "pushfanout_saved_state_age_seconds",
          "pushfanout_tls_certificate_expiry_timestamp_seconds");

  private static final Pattern RUNBOOK = Pattern.compile("#(pushfanout[a-z]+)\"");

  @Test
  void seriesAndLabelsAreThere() throws Exception {
    KnownSeries known = KnownSeries.read();
    for (Dashboard dashboard : Dashboard.all()) {
      assertThat(dashboard.queries())
          .hasSizeGreaterThan(15)
          .filteredOn(query -> !query.contains("ALERTS"))
          .allSatisfy(known::have);
      assertThat(dashboard.choices()).hasSizeGreaterThan(5).allSatisfy(known::have);
      assertThat(dashboard.marks()).allSatisfy(known::have);
    }
  }

  /** The other tests compare with the series of collectors that a test has put together. */
  @Test
  @Timeout(60)
  void aRunningServerHasTheSeriesOfDashboardsAndAlerts() throws Exception {
    Set<String> used = new TreeSet<>();
    for (Dashboard dashboard : Dashboard.all()) {
      Stream.of(dashboard.queries(), dashboard.choices(), dashboard.marks())
          .flatMap(List::stream)
          .forEach(query -> used.addAll(series(query)));
    }
    Alert.all().forEach(alert -> used.addAll(series(alert.expression())));
    Demo demo = new Demo(new DemoOptions("127.0.0.1", 0, 0, AllowedNames.NONE, null));
    try {
      Listening where = demo.start();
      await().until(() -> CommandRun.of("broadcast", "--to=" + where.grpc(), "x").code() == 0);
      System.gc(); // the series of garbage collection pauses begin with the first pause
      URI metrics = URI.create("http://" + where.http() + "/metrics");

      await()
          .untilAsserted(
              () ->
                  assertThat(KnownSeries.words(LINE, text(metrics)))
                      .containsAll(Sets.difference(used, OF_OTHER_SOURCES)));
    } finally {
      var _ = demo.stop();
    }
    assertThat(used).containsAll(OF_OTHER_SOURCES);
  }

  private static Set<String> series(String expression) {
    return KnownSeries.words(KnownSeries.SERIES, expression);
  }

  private static String text(URI url) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()).body();
    }
  }

  @Test
  void rowsHaveExpectedTitlesAndTheFirstBeginsWithNumbers() {
    assertThat(Dashboard.main().rows())
        .containsExactly("Overview", "Callers", "Nodes of $fanout", "Sources", "Process");
    assertThat(Dashboard.main().graphs().subList(0, 8))
        .allMatch(panel -> panel.getString("type").equals("stat"));
  }

  @Test
  void everyPanelHasUnitThresholdsAndText() {
    for (Dashboard dashboard : Dashboard.all()) {
      for (JsonObject panel : dashboard.graphs()) {
        JsonObject defaults = panel.getJsonObject("fieldConfig").getJsonObject("defaults");
        assertThat(defaults.getString("unit")).as(panel.getString("title")).isNotEmpty();
        assertThat(defaults.getJsonObject("thresholds").getJsonArray("steps")).isNotEmpty();
        assertThat(panel.getString("description")).as(panel.getString("title")).endsWith(".");
      }
    }
  }

  @Test
  void everyPanelHasAPlaceAndANumberOfItsOwn() {
    for (Dashboard dashboard : Dashboard.all()) {
      Set<String> places = new HashSet<>();
      Set<Integer> ids = new HashSet<>();
      for (JsonObject panel : dashboard.panels()) {
        assertThat(ids.add(panel.getInteger("id"))).isTrue();
        JsonObject place = panel.getJsonObject("gridPos");
        for (int x = 0; x < place.getInteger("w"); x++) {
          for (int y = 0; y < place.getInteger("h"); y++) {
            String at = (place.getInteger("x") + x) + "," + (place.getInteger("y") + y);
            assertThat(places.add(at)).as(panel.getString("title") + " at " + at).isTrue();
          }
        }
        assertThat(place.getInteger("x") + place.getInteger("w")).isLessThanOrEqualTo(24);
      }
    }
  }

  @Test
  void linksLeadToRunbooksAndToTheBoardOfANode() {
    Set<String> anchors = Alert.names().stream().map(Alert::anchor).collect(Collectors.toSet());
    for (Dashboard dashboard : Dashboard.all()) {
      Set<String> linked = KnownSeries.words(RUNBOOK, dashboard.content().encode());
      assertThat(linked).hasSizeGreaterThan(5);
      assertThat(anchors).containsAll(linked);
    }
    assertThat(Dashboard.main().content().encode())
        .contains("/d/" + Dashboard.node().content().getString("uid") + "/")
        .contains("var-node=${__data.fields.node}");
  }

  @Test
  void variablesChooseClusterReleaseReplicaFanoutAndNode() {
    for (Dashboard dashboard : Dashboard.all()) {
      assertThat(dashboard.variables())
          .extracting(variable -> variable.getString("name"))
          .contains("cluster", "namespace", "job", "instance", "fanout", "node");
    }
  }
}
