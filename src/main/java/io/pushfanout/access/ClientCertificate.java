package io.pushfanout.access;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A certificate that a caller has shown.
 *
 * @param names its subject's alternative names that are DNS names or URIs; those of another form
 *     than their type has are left out
 * @param subject its distinguished name, for a certificate without such names
 * @param expires it is not valid after this
 * @param shown itself
 */
public record ClientCertificate(
    List<SubjectName> names, String subject, Instant expires, X509Certificate shown) {
  public ClientCertificate {
    names = names.stream().filter(SubjectName::isWellFormed).toList();
  }
}
