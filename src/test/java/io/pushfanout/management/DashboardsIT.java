package io.pushfanout.management;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each query of the dashboards has a result with the series of a server. */
class DashboardsIT {
  private static final String TARGET =
      "cluster=\"a\",namespace=\"push\",job=\"pushfanout\",instance=\"10.0.0.1:8080\",pod=\"p\"";

  private static final Map<String, String> CHOSEN =
      Map.of(
          "cluster", "a",
          "namespace", "push",
          "job", "pushfanout",
          "instance", "10.0.0.1:8080",
          "fanout", "prod/chat",
          "node", "a:1");

  @TempDir Path folder;

  @Test
  void everyQueryHasAResult() throws Exception {
    JsonArray tests = new JsonArray();
    for (Dashboard dashboard : Dashboard.all()) {
      for (UnaryOperator<String> choice :
          List.<UnaryOperator<String>>of(
              DashboardsIT::withEverything, DashboardsIT::withOneOfEach)) {
        Stream.concat(dashboard.queries().stream(), dashboard.choices().stream())
            .map(query -> test("count(" + choice.apply(query) + ") > bool 0"))
            .forEach(tests::add);
        dashboard.marks().stream()
            .map(query -> test("clamp(count(" + choice.apply(query) + ") or vector(1), 1, 1)"))
            .forEach(tests::add);
      }
    }
    JsonObject cases =
        new JsonObject()
            .put("evaluation_interval", "1m")
            .put(
                "tests",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("interval", "1m")
                            .put("input_series", series())
                            .put("promql_expr_test", tests)));
    Path file = Files.writeString(folder.resolve("dashboards.yaml"), cases.encode());

    Promtool.passes(List.of(file), "test", "rules");
  }

  private static JsonObject test(String query) {
    return new JsonObject()
        .put("expr", query)
        .put("eval_time", "10m")
        .put(
            "exp_samples",
            new JsonArray().add(new JsonObject().put("labels", "{}").put("value", 1)));
  }

  private static String withEverything(String query) {
    return with(query, _ -> ".*");
  }

  private static String withOneOfEach(String query) {
    return with(query, name -> CHOSEN.getOrDefault(name, ""));
  }

  private static String with(String query, UnaryOperator<String> value) {
    String filled = query.replace("$__rate_interval", "4m");
    for (String name : CHOSEN.keySet()) {
      filled = filled.replace("$" + name, value.apply(name));
    }
    return filled;
  }

  /**
   * Returns a server's series in Prometheus' form: counters grow, and all have the target's labels.
   */
  private static JsonArray series() throws Exception {
    JsonArray all = new JsonArray();
    EverySeries.read().forEach((name, value) -> all.add(series(name, value)));
    all.add(series("ALERTS{alertname=\"PushFanoutAbsent\",alertstate=\"firing\"}", 1));
    return all;
  }

  private static JsonObject series(String name, double value) {
    String labels = name.contains("{") ? name.replaceFirst("}$", "," + TARGET + "}") : "";
    boolean counts = name.matches(".*_(total|count|sum|bucket)(\\{.*)?");
    double start = Double.isFinite(value) ? value : 0;
    return new JsonObject()
        .put("series", labels.isEmpty() ? name + "{" + TARGET + "}" : labels)
        .put("values", "%s+%dx20".formatted(start, counts ? 60 : 0));
  }
}
