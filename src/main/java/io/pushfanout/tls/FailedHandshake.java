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

/** Why a server found no common ground with a client: {@link HandshakeFailure} from its side. */
public final class FailedHandshake {
  /** The one that we send, as the JDK puts it in front of what it says. */
  private static final Pattern OUR_ALERT = Pattern.compile("^\\((\\w+)\\)");

  private static final Pattern NO_CERTIFICATE = Pattern.compile("Empty client certificate chain");

  private FailedHandshake() {}

  public static HandshakeProblem problem(@Nullable Throwable failure) {
    HandshakeProblem problem = HandshakeProblem.OTHER;
    // From the outside in: the innermost of those we know says most.
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

  /** Of the names of alerts (RFC 8446, 6.2). */
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
