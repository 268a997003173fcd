package io.pushfanout.access;

import io.pushfanout.model.Printable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Refuses tokens that no reviewer would take, by what they say of themselves. From any thread.
 *
 * <p>An API server may have authenticators for opaque tokens, so these are refused only where an
 * audience is wanted: who makes tokens for an audience of Kubernetes makes JSON Web Tokens, and
 * anything else would be a review for each of a flood's words.
 */
final class TokenLook {
  private static final int TEXT_MAX = 200;

  private final List<String> audiences;
  private final String wanted;
  private final InstantSource clock;

  /**
   * @param audiences of which a token has to name one; none: it need not
   * @param clock by which it ends, without leeway: what a reviewer allows ends by it too
   */
  TokenLook(List<String> audiences, InstantSource clock) {
    this.audiences = List.copyOf(audiences);
    this.wanted = Printable.line(String.join(", ", audiences), TEXT_MAX);
    this.clock = clock;
  }

  /** Why the token is not taken; empty where a reviewer has to be asked. */
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
