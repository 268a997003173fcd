package io.pushfanout.auth;

import io.pushfanout.auth.Authorizer.Right;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A decision about a call. Its texts are for the caller, and never contain a secret. */
public sealed interface Decision {
  /** Returns the caller's identity; null when the decision names none. */
  default @Nullable String caller() {
    return null;
  }

  /**
   * The call is allowed.
   *
   * @param caller the caller's identity, such as {@code token:billing}
   */
  record Allowed(String caller) implements Decision {}

  /** The caller is not identified. */
  record Unauthenticated(String why) implements Decision {}

  /**
   * The caller is identified, and lacks the right.
   *
   * @param caller the caller's identity
   */
  record Denied(String caller, String why) implements Decision {
    /** Returns a denial that names the missing right as Kubernetes does. */
    static Denied of(String caller, Right missing) {
      return of(caller, missing.toString());
    }

    /** Returns a denial that names the target, for callers outside of any cluster. */
    static Denied ofTarget(String caller, Right missing) {
      return of(caller, "broadcast to " + missing.targetText());
    }

    private static Denied of(String caller, String missing) {
      return new Denied(caller, "%s has no right to %s".formatted(caller, missing));
    }
  }

  /** The caller is identified, and no right could allow the call. */
  record Barred(String why) implements Decision {}

  /**
   * No decision is possible now; a retry may succeed.
   *
   * @param retryAfter the time to wait before a retry; null if unknown
   */
  record Unavailable(String why, @Nullable Duration retryAfter) implements Decision {
    public Unavailable(String why) {
      this(why, null);
    }
  }
}
