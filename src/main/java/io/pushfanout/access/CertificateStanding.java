package io.pushfanout.access;

import java.security.cert.X509Certificate;

/** A check that rejects callers' certificates regardless of their names. Any thread may call it. */
public interface CertificateStanding {
  /**
   * Returns whether the certificate's key is one of this server's own. A node may relay a
   * connection of this server, and an author of node lists may name this server's own port.
   */
  boolean isOwn(X509Certificate shown);

  /** Returns whether its authority has revoked the certificate, before or after the handshake. */
  boolean isRevoked(X509Certificate shown);
}
