package io.pushfanout.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenLookTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private final TokenLook ours = look("pushfanout", "push");
  private final TokenLook any = look();

  private static TokenLook look(String... audiences) {
    return new TokenLook(List.of(audiences), InstantSource.fixed(NOW));
  }

  private static String refused(TokenLook look, String token) {
    return switch (look.refuse(new BearerToken(token)).orElse(null)) {
      case null -> "";
      case Decision.Unauthenticated(String why) -> why;
      case Decision other -> throw new AssertionError(other);
    };
  }

  private static String ending(Instant end) {
    return WebTokens.of("{\"aud\":\"push\",\"exp\":" + end.getEpochSecond() + "}");
  }

  @Test
  void aTokenThatIsOverIsRefusedFromItsEndOn() {
    for (TokenLook look : List.of(ours, any)) {
      assertThat(refused(look, ending(NOW.plusSeconds(1)))).isEmpty();
      assertThat(refused(look, ending(NOW)))
          .isEqualTo("the bearer token has expired at 2026-06-01T12:00:00Z");
      assertThat(refused(look, ending(Instant.EPOCH)))
          .isEqualTo("the bearer token has expired at 1970-01-01T00:00:00Z");
    }
  }

  @Test
  void aTokenForOthersIsRefusedWhereAnAudienceIsWanted() {
    for (String claims : List.of("{}", "{\"aud\":[]}", "{\"aud\":\"Push\"}", "{\"aud\":[\"a\"]}")) {
      assertThat(refused(ours, WebTokens.of(claims)))
          .isEqualTo("the bearer token is not for the audience pushfanout, push");
      assertThat(refused(any, WebTokens.of(claims))).as("the reviewer decides").isEmpty();
    }
    assertThat(refused(ours, WebTokens.of("{\"aud\":[\"a\",\"push\"]}"))).isEmpty();
  }

  @Test
  void anOpaqueTokenIsRefusedWhereAnAudienceIsWanted() {
    for (String token : List.of("opaque", "a.b.c", WebTokens.of("{\"exp\":\"soon\"}"))) {
      assertThat(refused(ours, token))
          .isEqualTo("the bearer token is no JSON Web Token for the audience pushfanout, push");
      assertThat(refused(any, token)).as("an authenticator may know it").isEmpty();
    }
  }

  @Test
  void noAnswerQuotesTheToken() {
    assertThat(refused(ours, WebTokens.of("{\"aud\":\"secret\",\"sub\":\"secret\"}")))
        .isNotEmpty()
        .doesNotContain("secret");
    assertThat(refused(look("x".repeat(1000)), "opaque").length()).isLessThan(300);
  }
}
