package io.pushfanout.server.guard;

import io.pushfanout.auth.Credentials.ClientCertificate;
import io.pushfanout.auth.SubjectName;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A reader of the certificate that the other side of a TLS connection has shown. */
public final class PeerNames {
  /** Kinds of names, of RFC 5280's GeneralName. */
  private static final int DNS_NAME = 2;

  private static final int URI = 6;

  private PeerNames() {}

  /** Returns the certificate; null if none was shown, or none that can be read. */
  public static @Nullable ClientCertificate of(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate own
          ? new ClientCertificate(
              names(own),
              own.getSubjectX500Principal().getName(),
              own.getNotAfter().toInstant(),
              own)
          : null;
    } catch (SSLPeerUnverifiedException | CertificateParsingException _) {
      return null;
    }
  }

  private static List<SubjectName> names(X509Certificate certificate)
      throws CertificateParsingException {
    Collection<List<?>> all = certificate.getSubjectAlternativeNames();
    List<SubjectName> names = new ArrayList<>();
    if (all != null) {
      for (List<?> name : all) {
        if (name.get(0) instanceof Integer kind && name.get(1) instanceof String text) {
          switch (kind) {
            case DNS_NAME -> names.add(new SubjectName(SubjectName.Type.DNS, text));
            case URI -> names.add(new SubjectName(SubjectName.Type.URI, text));
            default -> {}
          }
        }
      }
    }
    return names;
  }
}
