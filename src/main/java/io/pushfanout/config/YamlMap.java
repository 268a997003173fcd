package io.pushfanout.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** An object of the file: its fields by name, in file order. */
final class YamlMap {
  private final YamlValue self;
  private final Map<String, YamlValue> fields = new LinkedHashMap<>();

  YamlMap(YamlValue self, MappingNode mapping) {
    this.self = self;
    for (NodeTuple entry : mapping.getValue()) {
      int line = YamlDocuments.line(entry.getKeyNode());
      // Keys that are not strings, and repeated keys, were reported with the document.
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

  /** Returns this object as a value. */
  YamlValue self() {
    return self;
  }

  /** Returns all fields, including those without a value. */
  Map<String, YamlValue> fields() {
    return fields;
  }

  /** Returns a field; null counts as absent, as for the API server. */
  Optional<YamlValue> get(String name) {
    return Optional.ofNullable(fields.get(name)).filter(value -> !value.isNull());
  }

  /** Returns whether a field has this text. */
  boolean is(String name, String text) {
    return get(name).filter(value -> value.isText(text)).isPresent();
  }

  /** Returns a required field; its absence is reported. */
  Optional<YamlValue> require(String name) {
    Optional<YamlValue> value = get(name);
    if (value.isEmpty()) {
      int line = fields.containsKey(name) ? fields.get(name).line() : self.line();
      self.problems().add(line, YamlDocuments.path(self.path(), name), "is needed");
    }
    return value;
  }

  /** Reports every other field. */
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
