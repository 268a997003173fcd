package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Dashboards name only series that exist, and their panels have unit, thresholds, text and links.
 */
class DashboardsTest {
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
