package io.pushfanout.access;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A certificate that a caller has presented.
 *
 * @param names the subject alternative names that are well-formed DNS names or URIs; malformed ones
 *     are left out
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
