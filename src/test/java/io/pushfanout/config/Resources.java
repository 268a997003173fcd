package io.pushfanout.config;

/** The text of PushFanout resources; several in a row are one file. */
final class Resources {
  private Resources() {}

  /** Five lines, its name in the last. */
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

  /** With one line of spec. */
  static String named(String name, String spec) {
    return named(name) + "spec: {" + spec + "}\n";
  }
}
