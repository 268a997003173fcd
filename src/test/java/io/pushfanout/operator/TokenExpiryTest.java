package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenExpiryTest {
  @Test
  void theEndIsThatOfTheClaims() {
    assertThat(TokenExpiry.of(token("{\"aud\":[\"x\"],\"a\":{\"exp\":1},\"exp\":1800000000}")))
        .isEqualTo(Instant.ofEpochSecond(1_800_000_000));
    assertThat(TokenExpiry.of(token("{\"exp\":1800000000.5}")))
        .isEqualTo(Instant.ofEpochSecond(1_800_000_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"exp\":\"soon\"}",
        "{\"exp\":null}",
        "{\"exp\":9e99}",
        "[1]",
        "{\"exp\"",
        "",
        "\"exp\"",
        "{\"a\":{\"exp\":1}}",
      })
  void otherClaimsHaveNone(String claims) {
    assertThat(TokenExpiry.of(token(claims))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "opaque", "a.b", "a.b.c.d", "..", "a.%%%.c", "a.ä.c"})
  void whatIsNoWebTokenHasNone(String token) {
    assertThat(TokenExpiry.of(token)).isNull();
  }

  private static String token(String claims) {
    return "head."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".signature";
  }
}
