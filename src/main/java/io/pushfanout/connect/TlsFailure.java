package io.pushfanout.connect;

import com.google.common.base.Throwables;
import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Says for people why TLS with a node failed, in a line, with what the JDK says of it behind. */
final class TlsFailure {
  private TlsFailure() {}

  static String line(Throwable cause) {
    String plain = plain(cause);
    return PeerText.line(
        plain.isEmpty()
            ? "TLS: " + PeerText.reason(cause)
            : "TLS: " + plain + ": " + PeerText.reason(cause));
  }

  private static String plain(Throwable cause) {
    Throwable root = Throwables.getRootCause(cause);
    return switch (root) {
      case NotSslRecordException _ -> "the node does not speak TLS";
      case CertificateExpiredException _ -> "the node's certificate has expired";
      case CertificateNotYetValidException _ -> "the node's certificate is not valid yet";
      case CertPathBuilderException _, CertPathValidatorException _ ->
          "the node's certificate is of no authority that the profile trusts";
      case CertificateException _ -> "the node's certificate is for another name";
      case SSLException _ when isAboutOurs(root) -> "the node wants another certificate of ours";
      default -> "";
    };
  }

  /** An alert of the node that is about our certificate, or the lack of it. */
  private static boolean isAboutOurs(Throwable alert) {
    String said = String.valueOf(alert.getMessage()).toLowerCase(Locale.ROOT);
    return said.contains("received fatal alert")
        && (said.contains("certificate") || said.contains("unknown_ca"));
  }
}
