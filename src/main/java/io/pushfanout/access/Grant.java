package io.pushfanout.access;

import io.pushfanout.model.FanoutName;

/** Whom somebody may broadcast to. */
public sealed interface Grant {
  /** Whoever there is, and all of them at once. */
  record All() implements Grant {}

  /** Each fanout of a namespace. */
  record Namespace(String namespace) implements Grant {}

  /** One fanout. */
  record One(FanoutName fanout) implements Grant {}

  /**
   * Reads {@code all}, {@code namespace/*} or {@code namespace/name}.
   *
   * @throws IllegalArgumentException when it is none of these; does not quote the text
   */
  static Grant parse(String text) {
    if (text.equals("all")) {
      return new All();
    }
    try {
      if (text.endsWith("/*")) {
        String namespace = text.substring(0, text.length() - "/*".length());
        return new Namespace(new FanoutName(namespace, "any").namespace());
      }
      return new One(FanoutName.parse(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a target must be <namespace>/<name>, <namespace>/* or all", e);
    }
  }

  /** Whether it holds the right. */
  default boolean covers(Right right) {
    FanoutName target = right.target();
    return switch (this) {
      case All() -> true;
      case Namespace(String namespace) -> target != null && target.namespace().equals(namespace);
      case One(FanoutName fanout) -> fanout.equals(target);
    };
  }
}
