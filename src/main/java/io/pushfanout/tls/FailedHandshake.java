package io.pushfanout.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.pushfanout.model.HandshakeProblem;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The reason of a failed handshake at a server; {@link HandshakeFailure} is the client's side. */
public final class FailedHandshake {
  /** The alert that this side sends, as the JDK puts it before its message. */
  private static final Pattern OUR_ALERT = Pattern.compile("^\\((\\w+)\\)");

  private static final Pattern NO_CERTIFICATE = Pattern.compile("Empty client certificate chain");

  private FailedHandshake() {}

  public static HandshakeProblem problem(@Nullable Throwable failure) {
    HandshakeProblem problem = HandshakeProblem.OTHER;
    // From the outside in: the innermost known cause is the most specific.
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case NotSslRecordException _ -> problem = HandshakeProblem.NOT_TLS;
        case SslHandshakeTimeoutException _ -> problem = HandshakeProblem.GAVE_UP;
        case ClosedChannelException _ -> problem = HandshakeProblem.GAVE_UP;
        case CertificateException _ -> problem = HandshakeProblem.BAD_CERTIFICATE;
        case SSLException e -> problem = ofTls(String.valueOf(e.getMessage()));
        default -> {}
      }
    }
    return problem;
  }

  private static HandshakeProblem ofTls(String text) {
    if (NO_CERTIFICATE.matcher(text).find()) {
      return HandshakeProblem.NO_CERTIFICATE;
    }
    Matcher theirs = HandshakeFailure.ALERT.matcher(text);
    Matcher ours = OUR_ALERT.matcher(text);
    if (theirs.find()) {
      return isAboutWhatWeOffer(theirs.group(1))
          ? HandshakeProblem.NOTHING_IN_COMMON
          : HandshakeProblem.REFUSED;
    }
    return ours.find() && isAboutWhatWeOffer(ours.group(1))
        ? HandshakeProblem.NOTHING_IN_COMMON
        : HandshakeProblem.OTHER;
  }

  /**
   * Returns whether an alert (RFC 8446, 6.2) means that both sides have no version, cipher or
   * protocol in common.
   */
  private static boolean isAboutWhatWeOffer(String alert) {
    return switch (alert) {
      case "protocol_version",
          "handshake_failure",
          "insufficient_security",
          "no_application_protocol" ->
          true;
      default -> false;
    };
  }
}
