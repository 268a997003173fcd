package io.pushfanout.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.text.Causes;
import io.pushfanout.text.Printable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The reason of a failed handshake: for people at a client, for a counter at a server. */
public final class HandshakeFailure {
  /** The alert of the other side, in the JDK's words. */
  private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");

  /** The alert that this side sends, as the JDK puts it before its message. */
  private static final Pattern OUR_ALERT = Pattern.compile("^\\((\\w+)\\)");

  private static final Pattern NO_CERTIFICATE = Pattern.compile("Empty client certificate chain");

  /** An answer without TLS, in the words of Netty and of the JDK. */
  private static final Pattern NO_TLS =
      Pattern.compile("not an SSL/TLS record|Unrecognized SSL message|Unsupported or unrecognized");

  /** A broken connection, in the words of the system. */
  private static final Pattern BROKEN_OFF = Pattern.compile("Connection reset|Broken pipe");

  private static final String UNTRUSTED = "its certificate is not signed by a trusted CA";

  private static final int MAX_CHARS = 300;

  private HandshakeFailure() {}

  /**
   * Returns the reason, to follow the server's name and a colon; empty when the failure is not
   * about TLS.
   */
  public static Optional<String> why(@Nullable Throwable failure) {
    String why = null;
    // From the outside in: the innermost known cause is the most specific.
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case CertificateExpiredException _ -> why = "its certificate has expired";
        case CertificateNotYetValidException _ -> why = "its certificate is not valid yet";
        case CertPathBuilderException _ -> why = UNTRUSTED;
        case CertPathValidatorException e ->
            // Such an authority only has the name of a trusted one.
            why =
                e.getReason() == CertPathValidatorException.BasicReason.INVALID_SIGNATURE
                    ? UNTRUSTED
                    : "its certificate is no good: " + text(e);
        case CertificateException e -> why = "its certificate is for others: " + text(e);
        case SSLException e -> why = ofTls(e);
        default -> {}
      }
    }
    return Optional.ofNullable(why);
  }

  /**
   * Returns whether the connection was broken off. A TLS server does that to a plaintext client:
   * its alert is lost when bytes from here were still unread.
   */
  public static boolean isBrokenOff(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException && BROKEN_OFF.matcher(text(cause)).find()) {
        return true;
      }
    }
    return false;
  }

  private static String ofTls(SSLException e) {
    String text = text(e);
    if (NO_TLS.matcher(text).lookingAt()) {
      return "it does not speak TLS";
    }
    Matcher alert = ALERT.matcher(text);
    return alert.find() ? alert(alert.group(1)) : "TLS: " + text;
  }

  /**
   * Returns the meaning of a server's alert (RFC 8446, 6.2); JDKs send different alerts for one
   * reason.
   */
  private static String alert(String name) {
    return switch (name) {
      case "certificate_required" -> "it wants a certificate of ours";
      case "bad_certificate",
          "unsupported_certificate",
          "certificate_revoked",
          "certificate_expired",
          "certificate_unknown",
          "unknown_ca",
          "access_denied" ->
          "it refuses our certificate, or misses one (" + name + ")";
      case "protocol_version", "handshake_failure", "insufficient_security" ->
          "it has no version or cipher of TLS in common with us (" + name + ")";
      case "no_application_protocol" -> "its TLS does not offer HTTP/2";
      default -> "TLS alert " + name;
    };
  }

  /** Returns the cause of a failed handshake at a server. */
  public static HandshakeProblem problem(@Nullable Throwable failure) {
    HandshakeProblem problem = HandshakeProblem.OTHER;
    // From the outside in: the innermost known cause is the most specific.
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case NotSslRecordException _ -> problem = HandshakeProblem.NOT_TLS;
        case SslHandshakeTimeoutException _ -> problem = HandshakeProblem.GAVE_UP;
        case ClosedChannelException _ -> problem = HandshakeProblem.GAVE_UP;
        case CertificateException _ -> problem = HandshakeProblem.BAD_CERTIFICATE;
        case SSLException e -> problem = problemOfTls(String.valueOf(e.getMessage()));
        default -> {}
      }
    }
    return problem;
  }

  private static HandshakeProblem problemOfTls(String text) {
    if (NO_CERTIFICATE.matcher(text).find()) {
      return HandshakeProblem.NO_CERTIFICATE;
    }
    Matcher theirs = ALERT.matcher(text);
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

  private static String text(Throwable e) {
    return Printable.line(Causes.text(e), MAX_CHARS);
  }
}
