package io.pushfanout.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files of one side of TLS.
 *
 * @param certificate who we are: our certificate first, then those between it and the authority's;
 *     with its key, or neither
 * @param key PEM
 * @param ca the authorities whose certificates the other side has to show; null: those of the JDK
 */
public record PemFiles(@Nullable Path certificate, @Nullable Path key, @Nullable Path ca) {
  public PemFiles {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("a certificate and its key go together");
    }
  }
}
