package io.pushfanout.access;

import java.security.cert.X509Certificate;

/** What is against a certificate as a caller's, whatever names it has. From any thread. */
public interface CertificateStanding {
  /**
   * Whether its key is one of this server's own. A node may relay a connection of this server, and
   * whoever names nodes may name this server's own port.
   */
  boolean isOwn(X509Certificate shown);

  /** Whether its authority has revoked it, the handshake long ago or not. */
  boolean isRevoked(X509Certificate shown);
}
