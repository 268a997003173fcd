package io.pushfanout.chart;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The objects that Helm rendered. */
record Rendered(List<Manifest> objects) {
  static Rendered of(String yaml) {
    return new Rendered(Yaml.documents(yaml).stream().map(Manifest::new).toList());
  }

  List<String> ids() {
    return objects.stream().map(Manifest::id).toList();
  }

  /** Returns the object of that kind and name, such as {@code Service/pushfanout}. */
  Manifest the(String id) {
    return objects.stream()
        .filter(object -> object.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + id + " in " + ids()));
  }

  Manifest deployment() {
    return objects.stream().filter(o -> o.kind().equals("Deployment")).findFirst().orElseThrow();
  }

  /** Returns the pod template of the Deployment. */
  Manifest pod() {
    return new Manifest(deployment().map("spec", "template"));
  }

  /** Returns a field of the one container. */
  @Nullable Object container(String field) {
    return pod().at("spec", "containers", 0, field);
  }

  List<String> arguments() {
    return pod().list("spec", "containers", 0, "args").stream().map(String.class::cast).toList();
  }

  /** Returns the sources of the container's environment variables. */
  Map<String, Object> environment() {
    return pod().maps("spec", "containers", 0, "env").stream()
        .collect(
            Collectors.toMap(
                variable -> (String) variable.get("name"), variable -> variable.get("valueFrom")));
  }
}
