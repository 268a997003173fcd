package io.pushfanout.chart;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The objects that a template came to. */
record Rendered(List<Manifest> objects) {
  static Rendered of(String yaml) {
    return new Rendered(Yaml.documents(yaml).stream().map(Manifest::new).toList());
  }

  List<String> ids() {
    return objects.stream().map(Manifest::id).toList();
  }

  /** The object of that kind and name, such as {@code Service/pushfanout}. */
  Manifest the(String id) {
    return objects.stream()
        .filter(object -> object.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + id + " in " + ids()));
  }

  Manifest deployment() {
    return objects.stream().filter(o -> o.kind().equals("Deployment")).findFirst().orElseThrow();
  }

  /** The Deployment's template of a pod. */
  Manifest pod() {
    return new Manifest(deployment().map("spec", "template"));
  }

  /** A field of the one container. */
  @Nullable Object container(String field) {
    return pod().at("spec", "containers", 0, field);
  }

  List<String> arguments() {
    return pod().list("spec", "containers", 0, "args").stream().map(String.class::cast).toList();
  }

  /** Where the variables of the container have their values from. */
  Map<String, Object> environment() {
    return pod().maps("spec", "containers", 0, "env").stream()
        .collect(
            Collectors.toMap(
                variable -> (String) variable.get("name"), variable -> variable.get("valueFrom")));
  }
}
