package io.pushfanout.chart;

import io.vertx.core.json.Json;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The table of values in the chart's README: meanings from the schema, defaults from the values.
 */
final class ChartReadme {
  private static final String START = "<!-- values: made from values.schema.json -->\n";
  private static final String END = "<!-- end of values -->\n";

  /** Keys of the schema that only a parent chart sets, and that Helm itself reads. */
  private static final Set<String> OF_PARENTS = Set.of("enabled", "tags");

  private final StringBuilder table = new StringBuilder();

  private ChartReadme() {}

  /** Returns the whole page with a new table. */
  static String page() throws IOException {
    String page = Chart.read("README.md");
    int start = page.indexOf(START) + START.length();
    int end = page.indexOf(END);
    Map<String, Object> schema = Yaml.read(Chart.HOME.resolve("values.schema.json"));
    ChartReadme made = new ChartReadme();
    made.table.append("| value | default | meaning |\n|---|---|---|\n");
    made.rows("", schema, Yaml.read(Chart.HOME.resolve("values.yaml")));
    return page.substring(0, start) + made.table + page.substring(end);
  }

  private void rows(String prefix, Map<String, Object> schema, Map<String, Object> values) {
    Yaml.map(Objects.requireNonNull(schema.get("properties")))
        .forEach(
            (name, property) -> {
              Map<String, Object> field = Yaml.map(property);
              String path = prefix + name;
              if (OF_PARENTS.contains(path)) {
                return;
              }
              Object value = Objects.requireNonNull(values.get(name), "no default of " + path);
              if (field.containsKey("properties")) {
                rows(path + ".", field, Yaml.map(value));
              } else {
                row(path, value, String.valueOf(field.get("description")));
              }
            });
  }

  private void row(String path, Object value, String meaning) {
    table.append("| `%s` | `%s` | %s |\n".formatted(path, Json.encode(value), meaning));
  }
}
