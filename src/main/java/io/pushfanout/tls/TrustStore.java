package io.pushfanout.tls;

import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.SslSocketAndEnginePeerVerifier;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.pushfanout.reload.FileException;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The trusted authorities, without the certificates that they revoked: those of a file, or the
 * JDK's until a file is taken.
 */
final class TrustStore {
  private final AdvancedTlsX509TrustManager manager = managerOfNone(this::checkRevocation);
  private volatile @Nullable Revocations revocations;
  private boolean none = true;

  /**
   * Replaces the authorities and their revocation lists.
   *
   * @param lists lists of revoked certificates; null: there are none
   * @return the numbers of authorities and revoked certificates, for the log
   * @throws FileException when a file cannot be used; the previous ones stay in force
   */
  synchronized String take(PemFile file, @Nullable PemFile lists) throws FileException {
    List<X509Certificate> authorities = file.read(PemText::certificates);
    Revocations revoked = lists == null ? null : new Revocations(authorities, lists);
    try {
      manager.updateTrustCredentials(authorities.toArray(X509Certificate[]::new));
    } catch (GeneralSecurityException | IOException e) {
      throw new FileException(file.path(), "holds an authority that is no good", e);
    }
    revocations = revoked;
    none = false;
    String count = authorities.size() == 1 ? "one authority" : authorities.size() + " authorities";
    return revoked == null ? count : count + ", " + revoked.count();
  }

  /** Returns the revocations of the authorities; null when revocation is not checked. */
  @Nullable Revocations revocations() {
    return revocations;
  }

  private void checkRevocation(X509Certificate[] chain) throws CertificateException {
    Revocations known = revocations;
    if (known != null) {
      known.check(chain);
    }
  }

  synchronized X509ExtendedTrustManager manager() {
    if (none) {
      try {
        // Loaded only on demand: it takes long, and servers often do without.
        manager.useSystemDefaultTrustCerts();
        none = false;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK's authorities cannot be read", e);
      }
    }
    return manager;
  }

  /** An additional check of a chain that is otherwise trusted. */
  private interface ChainCheck {
    void check(X509Certificate[] chain) throws CertificateException;
  }

  private static AdvancedTlsX509TrustManager managerOfNone(ChainCheck last) {
    try {
      return AdvancedTlsX509TrustManager.newBuilder()
          .setVerification(Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION)
          .setSslSocketAndEnginePeerVerifier(
              new SslSocketAndEnginePeerVerifier() {
                @Override
                public void verifyPeerCertificate(
                    X509Certificate[] chain, String authType, Socket socket)
                    throws CertificateException {
                  last.check(chain);
                }

                @Override
                public void verifyPeerCertificate(
                    X509Certificate[] chain, String authType, SSLEngine engine)
                    throws CertificateException {
                  last.check(chain);
                }
              })
          .build();
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }
}
