package io.pushfanout.access;

import io.pushfanout.model.Printable;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An access check by the certificate of the caller's connection. */
public final class CertificateAccess implements Access {
  private static final int NAME_MAX = 200;

  private final List<SanGrant> grants;
  private final CertificateStanding standing;
  private final InstantSource clock;

  /**
   * @param grants the targets granted to names; none: every certificate may broadcast to all
   */
  public CertificateAccess(
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
}
