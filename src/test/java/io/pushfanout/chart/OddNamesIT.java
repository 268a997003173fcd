package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that YAML reads as numbers, booleans or null, in each place for a name. */
class OddNamesIT {
  /** Fields whose values are strings, or maps of strings. */
  private static final Set<String> TEXTS =
      Set.of(
          "name",
          "namespace",
          "labels",
          "annotations",
          "matchLabels",
          "nodeSelector",
          "secretName",
          "claimName",
          "serviceAccountName",
          "runtimeClassName",
          "key",
          "value",
          "replacement");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"123", "1e5", "8e12345", "0x1f", "0o17", "true", "yes", "null"})
  void everyDocumentIsStrictYamlAndEveryNameIsAString(String name) throws Exception {
    String yaml = Everything.render(folder, name, name, name);
    List<Map<String, Object>> documents = Yaml.documents(yaml);

    assertThat(documents).hasSizeGreaterThan(20);
    documents.forEach(document -> textsAreStrings(document, String.valueOf(document.get("kind"))));
    // YAML 1.1 has more words and numbers than this parser. The chart itself contains true, and the
    // JSON of a dashboard contains null.
    if (!name.equals("true") && !name.equals("null")) {
      assertThat(yaml).doesNotContainPattern("(?m)(: |- )" + Pattern.quote(name) + "$");
    }
    Rendered objects = Rendered.of(yaml);
    assertThat(objects.deployment().map("metadata"))
        .containsEntry("name", name)
        .containsEntry("namespace", name);
    assertThat(objects.pod().map("metadata", "labels"))
        .containsEntry("app.kubernetes.io/instance", name)
        .containsEntry("team", "mine")
        .containsEntry("example.com/release", name);
  }

  private static void textsAreStrings(@Nullable Object value, String path) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach(
              (key, inner) -> {
                String at = path + "." + key;
                assertThat(key).as(at).isInstanceOf(String.class);
                if (TEXTS.contains(key) && !isSchema(path)) {
                  isText(inner, at);
                }
                textsAreStrings(inner, at);
              });
      case List<?> list -> list.forEach(inner -> textsAreStrings(inner, path + "[]"));
      case null, default -> {}
    }
  }

  /** Returns whether the path is in the CRD's schema, which has fields of the same names. */
  private static boolean isSchema(String path) {
    return path.contains(".openAPIV3Schema");
  }

  private static void isText(@Nullable Object value, String path) {
    if (value instanceof Map<?, ?> map) {
      assertThat(map.values()).as(path).allMatch(String.class::isInstance);
    } else {
      assertThat(value).as(path).isInstanceOf(String.class);
    }
  }
}
