package io.pushfanout.management;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** An alert of the rule file for Prometheus. */
record Alert(String name, String expression, String time, Map<?, ?> labels, Map<?, ?> annotations) {
  static final Path FILE = Path.of("deploy", "alerts", "pushfanout.yaml");

  static List<Alert> all() {
    try {
      Map<?, ?> file =
          (Map<?, ?>)
              new Load(LoadSettings.builder().build()).loadFromString(Files.readString(FILE));
      return maps(file, "groups").flatMap(group -> maps(group, "rules")).map(Alert::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Set<String> names() {
    return all().stream().map(Alert::name).collect(Collectors.toSet());
  }

  /** Returns the fragment of its runbook's address. */
  static String anchor(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static Alert of(Map<?, ?> rule) {
    return new Alert(
        String.valueOf(rule.get("alert")),
        String.valueOf(rule.get("expr")),
        String.valueOf(rule.get("for")),
        map(rule, "labels"),
        map(rule, "annotations"));
  }

  private static Map<?, ?> map(Map<?, ?> parent, String field) {
    return Objects.requireNonNull((Map<?, ?>) parent.get(field));
  }

  private static Stream<Map<?, ?>> maps(Map<?, ?> parent, String field) {
    return Objects.requireNonNull((List<?>) parent.get(field)).stream()
        .map(item -> (Map<?, ?>) item);
  }
}
