package io.pushfanout.auth;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The credentials and the origin of a caller.
 *
 * @param token the token of {@code authorization: Bearer …}; null if there is none, or more than
 *     one
 * @param certificate the certificate of the connection, verified by TLS against the trusted
 *     authorities; null if there is none
 * @param peer an object that is equal for all connections of one host; it does not identify the
 *     caller
 */
public record Credentials(
    @Nullable BearerToken token, @Nullable ClientCertificate certificate, Object peer) {

  static final Decision.Unauthenticated NO_TOKEN =
      new Decision.Unauthenticated(
          "no bearer token: send the metadata authorization: Bearer <token>, once");

  /**
   * A certificate that a caller has presented.
   *
   * @param names the subject alternative names that are well-formed DNS names or URIs; malformed
   *     ones are left out
   * @param subject the distinguished name, for a certificate without such names
   * @param expires the end of its validity
   * @param shown the certificate
   */
  public record ClientCertificate(
      List<SubjectName> names, String subject, Instant expires, X509Certificate shown) {
    public ClientCertificate {
      names = names.stream().filter(SubjectName::isWellFormed).toList();
    }
  }
}
