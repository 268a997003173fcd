package io.pushfanout.auth;

import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.auth.Credentials.ClientCertificate;
import io.pushfanout.text.Printable;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An access check by the certificate of the caller's connection. */
public final class CertificateAuthorizer implements Authorizer {
  private static final int NAME_MAX = 200;

  private final List<SanGrant> grants;
  private final CertificateStanding standing;
  private final InstantSource clock;

  /**
   * @param grants the targets granted to names; none: every certificate may broadcast to all
   */
  public CertificateAuthorizer(
      List<SanGrant> grants, CertificateStanding standing, InstantSource clock) {
    this.grants = List.copyOf(grants);
    this.standing = standing;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Decision> decide(Credentials credentials, Right right) {
    return CompletableFuture.completedFuture(decision(credentials.certificate(), right));
  }

  private Decision decision(@Nullable ClientCertificate shown, Right right) {
    if (shown == null) {
      return new Decision.Unauthenticated("the connection shows no client certificate");
    }
    // TLS checked the expiry at the handshake, which may be long ago.
    if (clock.instant().isAfter(shown.expires())) {
      return new Decision.Unauthenticated("the client certificate has expired");
    }
    if (standing.isRevoked(shown.shown())) {
      return new Decision.Unauthenticated("the client certificate has been revoked");
    }
    if (standing.isOwn(shown.shown())) {
      return new Decision.Barred(
          "%s shows a certificate of this server's own key, which no caller may have"
              .formatted(caller(shown)));
    }
    if (grants.isEmpty()) {
      return new Decision.Allowed(caller(shown));
    }
    for (SubjectName name : shown.names()) {
      for (SanGrant grant : grants) {
        if (grant.grant().covers(right) && grant.names().matches(name)) {
          return new Decision.Allowed(caller(name.text()));
        }
      }
    }
    return Decision.Denied.ofTarget(caller(shown), right);
  }

  private static String caller(ClientCertificate shown) {
    return caller(shown.names().isEmpty() ? shown.subject() : shown.names().getFirst().text());
  }

  private static String caller(String name) {
    return "mtls:" + Printable.line(name, NAME_MAX);
  }

  /** The targets that certificates with matching names may broadcast to. */
  public record SanGrant(SanPattern names, Rule grant) {
    /**
     * Reads {@code PATTERN} or {@code PATTERN=TARGET}.
     *
     * @throws IllegalArgumentException if the text has neither form; the message names the mistake
     */
    public static SanGrant parse(String text) {
      int equals = text.lastIndexOf('=');
      return equals < 0
          ? new SanGrant(new SanPattern(text), new Rule.All())
          : new SanGrant(
              new SanPattern(text.substring(0, equals)), Rule.parse(text.substring(equals + 1)));
    }
  }

  /**
   * A check that rejects callers' certificates regardless of their names. Any thread may call it.
   */
  public interface CertificateStanding {
    /**
     * Returns whether the certificate's key is one of this server's own. A node may relay a
     * connection of this server, and an author of node lists may name this server's own port.
     */
    boolean isOwn(X509Certificate shown);

    /** Returns whether its authority has revoked the certificate, before or after the handshake. */
    boolean isRevoked(X509Certificate shown);
  }
}
