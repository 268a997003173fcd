package io.pushfanout.app;

import io.pushfanout.auth.AuthMode;
import io.pushfanout.options.BindHost;
import java.util.List;

/** Warnings about a server that listens beyond loopback without authentication or without TLS. */
public final class BindWarnings {
  private BindWarnings() {}

  /**
   * Returns the warnings, one sentence each.
   *
   * @param encrypted whether the callers' port uses TLS
   */
  public static List<String> warnings(BindHost bind, AuthMode mode, boolean encrypted) {
    if (bind.isLoopback()) {
      return List.of();
    }
    if (mode instanceof AuthMode.None) {
      return List.of(
          "--auth none: every client that reaches " + bind.name() + " may broadcast to all nodes");
    }
    return mode.hasSecrets() && !encrypted
        ? List.of(
            "callers send their tokens to %s in clear text, for there is no TLS"
                .formatted(bind.name()))
        : List.of();
  }
}
