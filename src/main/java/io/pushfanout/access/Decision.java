package io.pushfanout.access;

/** What is decided about a call. Its texts are for the caller, and never have a secret in them. */
public sealed interface Decision {
  /**
   * It may come.
   *
   * @param caller who it is, such as {@code token:billing}
   */
  record Allowed(String caller) implements Decision {}

  /** Nobody knows who it is. */
  record Unauthenticated(String why) implements Decision {}

  /**
   * It is known, and has no right to this.
   *
   * @param caller who it is
   */
  record Denied(String caller, String why) implements Decision {
    /** The sentence names the right that is missing. */
    static Denied of(String caller, Right missing) {
      return new Denied(caller, "%s has no right to %s".formatted(caller, missing));
    }
  }

  /** It cannot be decided now; it may be worth to ask again. */
  record Unavailable(String why) implements Decision {}
}
