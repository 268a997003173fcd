package io.pushfanout.auth;

import com.google.common.hash.HashCode;
import io.pushfanout.auth.Authorizer.Right;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An access check by the tokens of a file. */
public final class TokenFileAuthorizer implements Authorizer {
  private final Supplier<Map<HashCode, TokenEntry>> tokens;
  private final InstantSource clock;

  public TokenFileAuthorizer(TokensFile file, InstantSource clock) {
    this(file::inForce, clock);
  }

  TokenFileAuthorizer(Supplier<Map<HashCode, TokenEntry>> tokens, InstantSource clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Decision> decide(Credentials credentials, Right right) {
    return CompletableFuture.completedFuture(decision(credentials.token(), right));
  }

  private Decision decision(@Nullable BearerToken token, Right right) {
    if (token == null) {
      return Credentials.NO_TOKEN;
    }
    TokenEntry entry = tokens.get().get(token.hash());
    if (entry == null) {
      return new Decision.Unauthenticated("the bearer token is not known");
    }
    if (entry.isExpired(clock.instant())) {
      return new Decision.Unauthenticated("the bearer token has expired");
    }
    return entry.covers(right)
        ? new Decision.Allowed(entry.caller())
        : Decision.Denied.ofTarget(entry.caller(), right);
  }
}
