package io.pushfanout.access;

import java.nio.file.Path;
import java.util.List;

/** How it is decided who may broadcast. */
public sealed interface AccessMode {
  /** Nobody is asked who it is. */
  record None() implements AccessMode {}

  /**
   * The API server of a cluster knows its callers and their rights.
   *
   * @param audiences that a token may be for; none: that of the API server
   */
  record Kubernetes(List<String> audiences) implements AccessMode {
    public Kubernetes {
      audiences = List.copyOf(audiences);
    }
  }

  /** A file of tokens' hashes. */
  record Tokens(Path file) implements AccessMode {}

  /**
   * Certificates of clients.
   *
   * @param grants by their names; none: every certificate may broadcast to all
   */
  record Mtls(List<SanGrant> grants) implements AccessMode {
    public Mtls {
      grants = List.copyOf(grants);
    }
  }

  /** Whether callers show something that a listener on the way could use. */
  default boolean hasSecrets() {
    return switch (this) {
      case None _, Mtls _ -> false;
      case Kubernetes _, Tokens _ -> true;
    };
  }
}
