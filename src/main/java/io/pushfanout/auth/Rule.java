package io.pushfanout.auth;

import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.model.FanoutName;

/** The targets that a caller may broadcast to. */
public sealed interface Rule {
  /** All fanouts, and broadcasts to all of them at once. */
  record All() implements Rule {}

  /** Every fanout of a namespace. */
  record Namespace(String namespace) implements Rule {}

  /** One fanout. */
  record One(FanoutName fanout) implements Rule {}

  /**
   * Reads {@code all}, {@code namespace/*} or {@code namespace/name}.
   *
   * @throws IllegalArgumentException if the text has none of these forms; the message does not
   *     quote the text
   */
  static Rule parse(String text) {
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

  /** Returns whether the grant includes the right. */
  default boolean covers(Right right) {
    FanoutName target = right.target();
    return switch (this) {
      case All() -> true;
      case Namespace(String namespace) -> target != null && target.namespace().equals(namespace);
      case One(FanoutName fanout) -> fanout.equals(target);
    };
  }
}
