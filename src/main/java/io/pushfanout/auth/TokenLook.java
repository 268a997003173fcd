package io.pushfanout.auth;

import io.pushfanout.text.Printable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A precheck that rejects tokens by their own claims, before a reviewer has to. Any thread may call
 * it.
 *
 * <p>An API server may have authenticators for opaque tokens, so these are rejected only if an
 * audience is required. Issuers of tokens for an audience of Kubernetes issue JSON Web Tokens;
 * without this check, each word of a flood would cost a review.
 */
final class TokenLook {
  private static final int TEXT_MAX = 200;

  private final List<String> audiences;
  private final String wanted;
  private final InstantSource clock;

  /**
   * @param audiences the audiences of which a token must have one; none: any token passes
   * @param clock the time source for expiry, without leeway: a reviewer's positive decisions expire
   *     by it too
   */
  TokenLook(List<String> audiences, InstantSource clock) {
    this.audiences = List.copyOf(audiences);
    this.wanted = Printable.line(String.join(", ", audiences), TEXT_MAX);
    this.clock = clock;
  }

  /** Returns the rejection of the token; empty if a review is needed. */
  Optional<Decision> refuse(BearerToken token) {
    Optional<WebToken> read = WebToken.read(token.secret());
    String why = read.isPresent() ? why(read.get()) : audiences.isEmpty() ? "" : noWebToken();
    return why.isEmpty() ? Optional.empty() : Optional.of(new Decision.Unauthenticated(why));
  }

  private String noWebToken() {
    return "the bearer token is no JSON Web Token for the audience " + wanted;
  }

  private String why(WebToken token) {
    Instant expires = token.expires();
    if (expires != null && !clock.instant().isBefore(expires)) {
      return "the bearer token has expired at " + expires;
    }
    return audiences.isEmpty() || !Collections.disjoint(audiences, token.audiences())
        ? ""
        : "the bearer token is not for the audience " + wanted;
  }
}
