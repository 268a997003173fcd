package io.pushfanout.app;

import io.pushfanout.access.AccessMode;
import io.pushfanout.options.BindHost;
import java.util.List;

/** What is to be said of a server that others can reach. */
public final class BindWarnings {
  private BindWarnings() {}

  /**
   * A sentence each.
   *
   * @param encrypted whether callers speak TLS
   */
  public static List<String> warnings(BindHost bind, AccessMode mode, boolean encrypted) {
    if (bind.isLoopback()) {
      return List.of();
    }
    if (mode instanceof AccessMode.None) {
      return List.of("--auth none: whoever reaches " + bind.name() + " may broadcast to everybody");
    }
    return mode.hasSecrets() && !encrypted
        ? List.of(
            "callers send their tokens to %s in clear text, for there is no TLS"
                .formatted(bind.name()))
        : List.of();
  }
}
