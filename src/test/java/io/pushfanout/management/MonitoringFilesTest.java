package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.fanout.MemoryBudget;
import io.pushfanout.fanout.Totals;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.NodeState;
import io.pushfanout.plan.Registrations;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The alerts and the dashboard name series and labels that there are. */
class MonitoringFilesTest {
  private static final Path ALERTS = Path.of("helm", "pushfanout", "files", "alerts.yaml");
  private static final Path DASHBOARD = Path.of("deploy", "dashboards", "pushfanout.json");

  private static final Pattern SERIES =
      Pattern.compile("\\b((?:pushfanout|grpc_server|jvm|netty|process)_[a-z_]+)");

  private static final Pattern LABEL = Pattern.compile("\\b([a-z_]+)=~?\"");
  private static final Pattern GROUPED = Pattern.compile("\\b(?:by|on) \\(([a-z_, ]+)\\)");

  @Test
  void alertsNameSeriesThatThereAre() throws Exception {
    List<String> expressions =
        Files.readString(ALERTS)
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith("expr: "))
            .map(line -> line.substring("expr: ".length()))
            .toList();

    assertThat(expressions).hasSizeGreaterThan(5).allSatisfy(MonitoringFilesTest::isKnown);
  }

  @Test
  void thePageOnOperationsExplainsEachAlert() throws IOException {
    List<String> alerts =
        Files.readString(ALERTS)
            .lines()
            .filter(line -> line.contains("- alert: "))
            .map(line -> line.replaceFirst(".*: ", ""))
            .toList();

    assertThat(alerts).isNotEmpty();
    assertThat(Files.readString(Path.of("docs", "operations.md")))
        .contains(alerts.stream().map(alert -> "| `" + alert + "` |").toList());
  }

  @Test
  void theDashboardNamesSeriesThatThereAre() throws Exception {
    List<String> expressions =
        new JsonObject(Files.readString(DASHBOARD))
            .getJsonArray("panels").stream()
                .flatMap(panel -> ((JsonObject) panel).getJsonArray("targets").stream())
                .map(target -> ((JsonObject) target).getString("expr"))
                .toList();

    assertThat(expressions).hasSizeGreaterThan(10).allSatisfy(MonitoringFilesTest::isKnown);
  }

  /** Its series are shown, and its labels are theirs, but for the one that Prometheus adds. */
  private static void isKnown(String expression) throws Exception {
    Set<String> used = words(SERIES, expression);
    assertThat(used).as(expression).isNotEmpty();
    Set<String> labels = new TreeSet<>(Set.of("instance"));
    for (String name : used) {
      List<String> series =
          everything().stream().filter(line -> line.matches(name + "([{ ].*)?")).toList();
      assertThat(series).as(name).isNotEmpty();
      series.forEach(line -> labels.addAll(words(LABEL, line)));
    }
    Set<String> named = words(LABEL, expression);
    words(GROUPED, expression).forEach(by -> named.addAll(List.of(by.split(", ", -1))));
    assertThat(labels).as(expression).containsAll(named);
  }

  /** The series of a server that has a fanout with a node, a service, a file and a call. */
  private static Set<String> everything() throws Exception {
    try (Metrics metrics = new Metrics("1.2.3")) {
      Totals totals = new Totals();
      totals.of(Fleet.CHAT);
      metrics.register(
          new FanoutSeries(
              () -> List.of(Fleet.chat(Fleet.node("a:1", NodeState.SLOW, Fleet.LEDGER))), totals));
      metrics.register(
          new DiscoverySeries(
              () ->
                  Map.of(
                      "chat",
                      Optional.of(new Registrations(Set.of(), List.of(), Set.of(), null)))));
      metrics.register(new LimitSeries(new MemoryBudget(1), () -> 0, () -> 0, Map::of));
      metrics.register(new ReloadSeries(() -> Map.of("tls", true)));
      metrics.register(new KubernetesSeries(() -> true));
      metrics.register(new AuditSeries(() -> 0, () -> 0));
      metrics.register(
          new GrpcSeries(() -> List.of(new MethodCalls("service", "method", 0, Map.of()))));
      metrics.register(
          new TlsSeries(
              () -> Optional.of(Instant.EPOCH),
              () -> Map.of("internal", Instant.EPOCH),
              () -> Map.of()));
      return Scrape.of(metrics).series().keySet();
    }
  }

  private static Set<String> words(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
