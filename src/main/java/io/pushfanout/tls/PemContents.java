package io.pushfanout.tls;

import io.pushfanout.reload.FileException;
import io.pushfanout.reload.SmallFile;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The present contents of a client's files, for a library that makes the TLS of each connection
 * itself.
 *
 * @param authorities trusted authorities; empty: those of the JDK
 * @param chain this side's certificate first; empty: none is presented
 * @param key key of the chain's first certificate; null without one
 */
public record PemContents(
    List<X509Certificate> authorities, List<X509Certificate> chain, @Nullable PrivateKey key) {
  /** Limit of each file in bytes, as in {@link ReloadingTlsContext}. */
  private static final int MAX_BYTES = 4 << 20;

  public PemContents {
    authorities = List.copyOf(authorities);
    chain = List.copyOf(chain);
  }

  /**
   * Reads the files but for the revocation lists.
   *
   * @throws FileException names the file that cannot be used
   */
  public static PemContents read(PemFiles files) throws FileException {
    Path ca = files.ca();
    List<X509Certificate> authorities =
        ca == null ? List.of() : pem(ca).read(PemText::certificates);
    Path certificate = files.certificate();
    Path key = files.key();
    if (certificate == null || key == null) {
      return new PemContents(authorities, List.of(), null);
    }
    KeyAndCertificate identity = KeyAndCertificate.of(pem(certificate), pem(key));
    return new PemContents(authorities, identity.chain(), identity.key());
  }

  private static PemFile pem(Path path) throws FileException {
    return PemFile.of(SmallFile.read(path, MAX_BYTES));
  }

  /** Returns the numbers of certificates, without the key. */
  @Override
  public String toString() {
    return "PemContents[" + authorities.size() + " authorities, " + chain.size() + " certificates]";
  }
}
