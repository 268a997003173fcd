package io.pushfanout.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebTokenTest {
  private static final Instant END = Instant.ofEpochSecond(1_800_000_000);

  @Test
  void endAndAudiencesAreThoseOfTheClaims() {
    assertThat(read("{\"aud\":[\"x\",\"y\"],\"a\":{\"exp\":1,\"aud\":\"z\"},\"exp\":1800000000}"))
        .isEqualTo(new WebToken(END, List.of("x", "y")));
    assertThat(read("{\"exp\":1800000000.5,\"aud\":\"x\"}"))
        .isEqualTo(new WebToken(END, List.of("x")));
    assertThat(read("{\"sub\":\"web\"}")).isEqualTo(new WebToken(null, List.of()));
    assertThat(read("{\"aud\":[]}")).isEqualTo(new WebToken(null, List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"exp\":\"soon\"}",
        "{\"exp\":null}",
        "{\"exp\":9e99}",
        "{\"exp\":99999999999999999}",
        "{\"exp\":1,\"exp\":2}",
        "{\"aud\":1}",
        "{\"aud\":null}",
        "{\"aud\":[1]}",
        "{\"aud\":[\"x\"",
        "{\"aud\":[[\"x\"]]}",
        "{\"aud\":{\"x\":\"x\"}}",
        "{} {}",
        "{}}",
        "[1]",
        "{\"exp\"",
        "{\"exp\":",
        "",
        "\"exp\"",
        "nonsense",
      })
  void otherClaimsAreNoToken(String claims) {
    assertThat(WebToken.read(WebTokens.of(claims))).isEmpty();
    assertThat(WebToken.read(WebTokens.of(claims, "{}"))).as("nor is such a head").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "opaque",
        "a.b",
        "a.b.c.d",
        "..",
        "a.%%%.c",
        "a.ä.c",
        "e30.e30",
        "e30.e30.",
        "e30.e30.e30.e30",
        ".e30.e30",
        "e30.e30.%",
        "e30 .e30.e30"
      })
  void aTextWithoutThreePartsIsNoToken(String token) {
    assertThat(WebToken.read(token)).isEmpty();
  }

  @Test
  void deepOrLongClaimsAreNoToken() {
    assertThat(WebToken.read(WebTokens.of("{\"a\":" + "[".repeat(2000)))).isEmpty();
    assertThat(WebToken.read(WebTokens.of(nested(30)))).isPresent();
    assertThat(WebToken.read(WebTokens.of(nested(40)))).isEmpty();
    assertThat(WebToken.read(WebTokens.of("{\"a\":\"" + "x".repeat(20_000) + "\"}"))).isEmpty();
    assertThat(WebToken.read(WebTokens.of("{\"exp\":" + "1".repeat(200) + "}"))).isEmpty();
  }

  private static String nested(int depth) {
    return "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
  }

  private static WebToken read(String claims) {
    return WebToken.read(WebTokens.of(claims)).orElseThrow();
  }
}
