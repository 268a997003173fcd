package io.pushfanout.access;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
    /** Names the right that is missing as Kubernetes does. */
    static Denied of(String caller, Right missing) {
      return of(caller, missing.toString());
    }

    /** Names the target that is not granted, for callers that no cluster knows. */
    static Denied ofTarget(String caller, Right missing) {
      return of(caller, "broadcast to " + missing.targetText());
    }

    private static Denied of(String caller, String missing) {
      return new Denied(caller, "%s has no right to %s".formatted(caller, missing));
    }
  }

  /** It is known, and no right would let it in. */
  record Barred(String why) implements Decision {}

  /**
   * It cannot be decided now; it may be worth to ask again.
   *
   * @param retryAfter when; null where nobody can foresee it
   */
  record Unavailable(String why, @Nullable Duration retryAfter) implements Decision {
    public Unavailable(String why) {
      this(why, null);
    }
  }
}
