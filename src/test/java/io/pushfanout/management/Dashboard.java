package io.pushfanout.management;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A dashboard for Grafana. */
record Dashboard(String file, JsonObject content) {
  private static final Path FOLDER = Path.of("deploy", "dashboards");
  private static final Pattern VALUES = Pattern.compile("label_values\\((.*), (\\w+)\\)");

  static Dashboard main() {
    return read("pushfanout.json");
  }

  static Dashboard node() {
    return read("pushfanout-node.json");
  }

  static List<Dashboard> all() {
    return List.of(main(), node());
  }

  private static Dashboard read(String file) {
    try {
      return new Dashboard(file, new JsonObject(Files.readString(FOLDER.resolve(file))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<JsonObject> panels() {
    return objects(content.getJsonArray("panels")).toList();
  }

  List<String> rows() {
    return panels().stream().filter(Dashboard::isRow).map(row -> row.getString("title")).toList();
  }

  List<JsonObject> graphs() {
    return panels().stream().filter(panel -> !isRow(panel)).toList();
  }

  private static boolean isRow(JsonObject panel) {
    return panel.getString("type").equals("row");
  }

  List<JsonObject> variables() {
    return objects(content.getJsonObject("templating").getJsonArray("list")).toList();
  }

  /** Returns the queries of panels. */
  List<String> queries() {
    return graphs().stream().flatMap(Dashboard::queries).toList();
  }

  static Stream<String> queries(JsonObject panel) {
    return objects(panel.getJsonArray("targets")).map(target -> target.getString("expr"));
  }

  /** Returns the queries for the choices of a variable, which are label values. */
  List<String> choices() {
    return variables().stream()
        .filter(variable -> variable.getString("type").equals("query"))
        .map(variable -> VALUES.matcher(variable.getString("definition")))
        .filter(Matcher::matches)
        .map(found -> "group by (%s) (%s)".formatted(found.group(2), found.group(1)))
        .toList();
  }

  /** Returns the queries of annotations, which may have no result. */
  List<String> marks() {
    return objects(content.getJsonObject("annotations").getJsonArray("list"))
        .map(mark -> mark.getString("expr"))
        .toList();
  }

  static Stream<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast);
  }
}
