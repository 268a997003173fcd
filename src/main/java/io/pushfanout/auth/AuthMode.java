package io.pushfanout.auth;

import io.pushfanout.auth.CertificateAuthorizer.SanGrant;
import java.nio.file.Path;
import java.util.List;

/** The method of deciding which callers may broadcast. */
public sealed interface AuthMode {
  /** Callers are not authenticated. */
  record None() implements AuthMode {}

  /**
   * The API server of a cluster reviews the callers' tokens and rights.
   *
   * @param audiences the audiences that a token may have; none: the API server's own
   */
  record Kubernetes(List<String> audiences) implements AuthMode {
    public Kubernetes {
      audiences = List.copyOf(audiences);
    }
  }

  /** A file of tokens' hashes. */
  record Tokens(Path file) implements AuthMode {}

  /**
   * Client certificates authenticate callers.
   *
   * @param grants the targets granted to names; none: every certificate may broadcast to all
   */
  record Mtls(List<SanGrant> grants) implements AuthMode {
    public Mtls {
      grants = List.copyOf(grants);
    }
  }

  /** Returns whether callers send a secret that an eavesdropper could replay. */
  default boolean hasSecrets() {
    return switch (this) {
      case None _, Mtls _ -> false;
      case Kubernetes _, Tokens _ -> true;
    };
  }
}
