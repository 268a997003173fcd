package io.pushfanout.chart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** YAML, and JSON with it, as plain maps and lists. */
final class Yaml {
  private Yaml() {}

  static Map<String, Object> read(Path file) throws IOException {
    return map(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file)));
  }

  /** Returns the documents that are not empty. */
  static List<Map<String, Object>> documents(String text) {
    List<Map<String, Object>> documents = new ArrayList<>();
    new Load(LoadSettings.builder().build())
        .loadAllFromString(text)
        .forEach(
            document -> {
              if (document != null) {
                documents.add(map(document));
              }
            });
    return documents;
  }

  @SuppressWarnings("unchecked") // YAML keys are strings; a wrong assumption fails the test
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }
}
