package io.pushfanout.access;

import java.time.Instant;
import java.util.List;

/**
 * A certificate that a caller has shown.
 *
 * @param names its subject's alternative names that are DNS names or URIs
 * @param subject its distinguished name, for a certificate without such names
 * @param expires it is not valid after this
 */
public record ClientCertificate(List<String> names, String subject, Instant expires) {
  public ClientCertificate {
    names = List.copyOf(names);
  }
}
