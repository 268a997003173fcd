package io.pushfanout.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokenTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 9, 16, 900})
  void itIsItsOwnTextAndNoOtherOfThatLength(int length) {
    String text = "x".repeat(length);
    BearerToken token = new BearerToken(text);

    assertThat(token.is(text)).isTrue();
    assertThat(token.is(text + "x")).isFalse();
    for (int i = 0; i < length; i++) {
      assertThat(token.is(text.substring(0, i) + "y" + text.substring(i + 1))).isFalse();
    }
  }

  @Test
  void noTextThatIsPrintedHasAnyOfIt() {
    BearerToken token = new BearerToken("very-secret");

    assertThat(token.toString()).doesNotContain("very", "secret");
    assertThat(new Credentials(token, null, "host").toString()).doesNotContain("very", "secret");
  }
}
