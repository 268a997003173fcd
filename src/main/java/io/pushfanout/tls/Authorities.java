package io.pushfanout.tls;

import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.pushfanout.files.FileException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whom we trust: those of a file, or the JDK's until there is one. */
final class Authorities {
  private final AdvancedTlsX509TrustManager manager = managerOfNone();
  private boolean none = true;

  /**
   * @return how many, for the log
   * @throws FileException when one is no good; those before stay
   */
  synchronized String take(PemFile file) throws FileException {
    List<X509Certificate> authorities = file.certificates();
    try {
      manager.updateTrustCredentials(authorities.toArray(X509Certificate[]::new));
    } catch (GeneralSecurityException | IOException e) {
      throw new FileException(file.path(), "holds an authority that is no good", e);
    }
    none = false;
    return authorities.size() == 1 ? "one authority" : authorities.size() + " authorities";
  }

  synchronized X509ExtendedTrustManager manager() {
    if (none) {
      try {
        // Only now, since it takes its time and servers often do without.
        manager.useSystemDefaultTrustCerts();
        none = false;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK's authorities cannot be read", e);
      }
    }
    return manager;
  }

  private static AdvancedTlsX509TrustManager managerOfNone() {
    try {
      return AdvancedTlsX509TrustManager.newBuilder()
          .setVerification(Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION)
          .build();
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }
}
