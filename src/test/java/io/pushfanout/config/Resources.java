package io.pushfanout.config;

/** The text of PushFanout resources; several in a row are one file. */
final class Resources {
  private Resources() {}

  /** Returns five lines of a resource, with the name in the last line. */
  static String named(String name) {
    return """
    ---
    apiVersion: pushfanout.io/v1alpha1
    kind: PushFanout
    metadata:
      name: %s
    """
        .formatted(name);
  }

  /** Returns a resource with one line of spec. */
  static String named(String name, String spec) {
    return named(name) + "spec: {" + spec + "}\n";
  }
}
