package io.pushfanout.connect;

import com.google.common.base.Throwables;
import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Locale;

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

  private static String plain(Throwable failure) {
    List<Throwable> causes = Throwables.getCausalChain(failure);
    if (has(causes, NotSslRecordException.class)) {
      return "the node does not speak TLS";
    } else if (has(causes, CertificateExpiredException.class)) {
      return "the node's certificate has expired";
    } else if (has(causes, CertificateNotYetValidException.class)) {
      return "the node's certificate is not valid yet";
    } else if (has(causes, CertPathBuilderException.class)
        || has(causes, CertPathValidatorException.class)) {
      return "the node's certificate is of no authority that the profile trusts";
    } else if (has(causes, CertificateException.class)) {
      return "the node's certificate is for another name";
    }
    return isAboutOurs(failure) ? "the node wants a certificate of ours, or another one" : "";
  }

  private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
    return causes.stream().anyMatch(type::isInstance);
  }

  /** An alert of the node that is about our certificate, or the lack of it. */
  private static boolean isAboutOurs(Throwable alert) {
    String said = String.valueOf(alert.getMessage()).toLowerCase(Locale.ROOT);
    return said.contains("received fatal alert")
        && (said.contains("certificate") || said.contains("unknown_ca"));
  }
}
