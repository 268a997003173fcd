package io.pushfanout.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files of one side of TLS.
 *
 * @param certificate this side's certificate first, then those between it and the authority's; with
 *     its key, or neither
 * @param key PEM
 * @param ca authorities that must have signed the other side's certificate; null: those of the JDK
 * @param crl the authorities' certificate revocation lists; null: no revocation is checked
 */
public record PemFiles(
    @Nullable Path certificate, @Nullable Path key, @Nullable Path ca, @Nullable Path crl) {
  public PemFiles {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("a certificate and its key go together");
    }
    if (crl != null && ca == null) {
      throw new IllegalArgumentException("revocation lists are those of authorities in a file");
    }
  }

  /** Creates files without revocation lists. */
  public PemFiles(@Nullable Path certificate, @Nullable Path key, @Nullable Path ca) {
    this(certificate, key, ca, null);
  }
}
