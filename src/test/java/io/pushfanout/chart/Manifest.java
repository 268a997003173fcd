package io.pushfanout.chart;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One Kubernetes object as plain maps and lists. */
record Manifest(Map<String, Object> content) {
  String kind() {
    return text("kind");
  }

  String name() {
    return text("metadata", "name");
  }

  /** Returns kind and name, such as {@code Service/pushfanout}. */
  String id() {
    return kind() + "/" + name();
  }

  /** Returns the value at a path of keys and of indices into lists, or null. */
  @Nullable Object at(Object... path) {
    Object value = content;
    for (Object step : path) {
      value =
          switch (value) {
            case Map<?, ?> map -> map.get(step);
            case List<?> list when step instanceof Integer i && i < list.size() -> list.get(i);
            case null, default -> null;
          };
    }
    return value;
  }

  String text(Object... path) {
    return String.valueOf(at(path));
  }

  Map<String, Object> map(Object... path) {
    return at(path) instanceof Map<?, ?> map ? Yaml.map(map) : Map.of();
  }

  List<?> list(Object... path) {
    return at(path) instanceof List<?> list ? list : List.of();
  }

  List<Map<String, Object>> maps(Object... path) {
    return list(path).stream().map(Yaml::map).toList();
  }
}
