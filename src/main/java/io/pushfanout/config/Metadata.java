package io.pushfanout.config;

import io.pushfanout.model.FanoutName;
import java.util.List;
import java.util.Optional;

/**
 * The name in a resource's {@code metadata}.
 *
 * @param line number of the line that has the name
 */
record Metadata(FanoutName name, int line) {
  static final String NAME_FIELD = "metadata.name";
  private static final String DEFAULT_NAMESPACE = "default";

  /**
   * Known fields; the last ones are added by the API server and appear in {@code kubectl get -o
   * yaml}.
   */
  private static final List<String> FIELDS =
      List.of(
          "name",
          "namespace",
          "labels",
          "annotations",
          "generateName",
          "uid",
          "resourceVersion",
          "generation",
          "selfLink",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "ownerReferences",
          "finalizers",
          "managedFields");

  static Optional<Metadata> read(YamlValue value) {
    return value.map().flatMap(Metadata::read);
  }

  private static Optional<Metadata> read(YamlMap metadata) {
    metadata.allowOnly(FIELDS);
    metadata.get("labels").ifPresent(Metadata::requireTexts);
    metadata.get("annotations").ifPresent(Metadata::requireTexts);
    Optional<YamlValue> nameField = metadata.require("name");
    Optional<String> name = nameField.flatMap(Metadata::name);
    Optional<YamlValue> namespaceField = metadata.get("namespace");
    Optional<String> namespace =
        namespaceField.isPresent()
            ? namespaceField.flatMap(Metadata::namespace)
            : Optional.of(DEFAULT_NAMESPACE);
    return name.isPresent() && namespace.isPresent()
        ? nameField.map(v -> new Metadata(new FanoutName(namespace.get(), name.get()), v.line()))
        : Optional.empty();
  }

  private static void requireTexts(YamlValue value) {
    value.map().ifPresent(map -> map.fields().values().forEach(YamlValue::text));
  }

  private static Optional<String> name(YamlValue value) {
    return value
        .text()
        .filter(
            name ->
                isGood(
                    DEFAULT_NAMESPACE,
                    name,
                    value,
                    "must be lower case letters, digits, - and . (a DNS subdomain), is \"%s\""
                        .formatted(name)));
  }

  private static Optional<String> namespace(YamlValue value) {
    return value
        .text()
        .filter(
            namespace ->
                isGood(
                    namespace,
                    "name",
                    value,
                    "must be lower case letters, digits and - (a DNS label), is \"%s\""
                        .formatted(namespace)));
  }

  private static boolean isGood(String namespace, String name, YamlValue value, String problem) {
    try {
      return new FanoutName(namespace, name).name().equals(name);
    } catch (IllegalArgumentException _) {
      value.problem(problem);
      return false;
    }
  }
}
