package io.pushfanout.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** An object of the file: its fields by name, in their order. */
final class YamlMap {
  private final YamlValue self;
  private final Map<String, YamlValue> fields = new LinkedHashMap<>();

  YamlMap(YamlValue self, MappingNode mapping) {
    this.self = self;
    for (NodeTuple entry : mapping.getValue()) {
      int line = YamlDocuments.line(entry.getKeyNode());
      // Keys that are no strings, or there twice, have been refused with the document.
      YamlDocuments.key(entry)
          .ifPresent(
              key ->
                  fields.putIfAbsent(
                      key,
                      new YamlValue(
                          entry.getValueNode(),
                          line,
                          YamlDocuments.path(self.path(), key),
                          self.problems())));
    }
  }

  /** This object as a value. */
  YamlValue self() {
    return self;
  }

  /** Each field, those without a value too. */
  Map<String, YamlValue> fields() {
    return fields;
  }

  /** Returns a field; one that is null is as good as left out, as the API server takes it. */
  Optional<YamlValue> get(String name) {
    return Optional.ofNullable(fields.get(name)).filter(value -> !value.isNull());
  }

  /** Whether a field is this text. */
  boolean is(String name, String text) {
    return get(name).filter(value -> value.isText(text)).isPresent();
  }

  /** A field that has to be there. */
  Optional<YamlValue> require(String name) {
    Optional<YamlValue> value = get(name);
    if (value.isEmpty()) {
      int line = fields.containsKey(name) ? fields.get(name).line() : self.line();
      self.problems().add(line, YamlDocuments.path(self.path(), name), "is needed");
    }
    return value;
  }

  /** Every other field is a problem. */
  void allowOnly(List<String> known) {
    fields.forEach(
        (name, value) -> {
          if (!known.contains(name)) {
            noSuchField(value, known);
          }
        });
  }

  static void noSuchField(YamlValue value, List<String> known) {
    value.problem("no such field; there are " + String.join(", ", known));
  }
}
