package io.pushfanout.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import io.pushfanout.auth.Authorizer.Right;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenFileAuthorizerTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private static final String FILE =
      """
      # name  hash  targets
      one      %s acme/chat
      several  %s acme/chat,globex/*
      every    %s all
      every    %s all
      over     %s all expires=2026-06-01T12:00:00Z
      lasting  %s acme/chat expires=2026-06-01T14:00:01+02:00
      """
          .formatted(
              hash("t-one"),
              hash("t-several"),
              hash("t-every"),
              hash("t-every-next"),
              hash("t-over"),
              hash("t-lasting"));

  private final TokenLines lines = TokenLines.read(FILE);
  private final TokenFileAuthorizer access =
      new TokenFileAuthorizer(lines::tokens, InstantSource.fixed(NOW));

  static String hash(String token) {
    return "sha256:" + Hashing.sha256().hashString(token, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "t-one, acme/chat, token:one",
    "t-several, acme/chat, token:several",
    "t-several, globex/games, token:several",
    "t-every, acme/chat, token:every",
    "t-every, all, token:every",
    "t-every-next, all, token:every",
    "t-lasting, acme/chat, token:lasting",
  })
  void aCallerWithTheRightIsAllowedByItsName(String token, String target, String caller) {
    assertThat(decide(token, target)).isEqualTo(new Decision.Allowed(caller));
  }

  @ParameterizedTest
  @CsvSource({
    "t-one, acme/games, token:one",
    "t-one, globex/chat, token:one",
    "t-one, all, token:one",
    "t-several, acme/games, token:several",
    "t-several, globe/x, token:several",
    "t-several, all, token:several",
    "t-lasting, all, token:lasting",
  })
  void aDenialNamesTheMissingRight(String token, String target, String caller) {
    String of = target.equals("all") ? "all targets" : target;

    assertThat(decide(token, target))
        .isEqualTo(new Decision.Denied(caller, caller + " has no right to broadcast to " + of));
  }

  @ParameterizedTest
  @CsvSource({
    "t-unknown, the bearer token is not known",
    "T-ONE, the bearer token is not known",
    "one, the bearer token is not known",
    "t-over, the bearer token has expired",
  })
  void anInvalidTokenIsUnauthenticated(String token, String why) {
    assertThat(decide(token, "acme/chat")).isEqualTo(new Decision.Unauthenticated(why));
  }

  @Test
  void theHashOfATokenIsNoToken() {
    assertThat(decide(hash("t-every"), "all")).isInstanceOf(Decision.Unauthenticated.class);
    assertThat(decide(hash("t-every").substring("sha256:".length()), "all"))
        .isInstanceOf(Decision.Unauthenticated.class);
  }

  @Test
  void aCallWithoutATokenGetsInstructions() {
    assertThat(access.decide(new Credentials(null, null, "host"), Right.ALL_TARGETS).join())
        .isInstanceOfSatisfying(
            Decision.Unauthenticated.class,
            refused -> assertThat(refused.why()).contains("authorization: Bearer"));
  }

  private Decision decide(String token, String target) {
    assertThat(lines.problems()).isEmpty();
    return access
        .decide(new Credentials(new BearerToken(token), null, "host"), Rights.of(target))
        .join();
  }
}
