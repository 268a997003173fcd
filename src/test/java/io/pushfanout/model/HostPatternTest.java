package io.pushfanout.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPatternTest {
  @ParameterizedTest
  @CsvSource({
    "push.example.com, push.example.com, true",
    "Push.Example.COM., PUSH.example.com, true",
    "push.example.com, push.example.com., true",
    "push.example.com, push.example.com.., false",
    "push.example.com, x.push.example.com, false",
    "push.example.com, push.example.com.evil.example, false",
    "localhost, localhost., true",
    "*.example.com, push.example.com, true",
    "*.example.com, a.b.Example.com., true",
    "*.example.com, example.com, false",
    "*.example.com, .example.com, false",
    "*.example.com, evilexample.com, false",
    "*.example.com, push.example.com.evil.example, false",
    "[::1], [::1], true",
    "::1, [0:0:0:0:0:0:0:1], false",
    "10.0.0.1, 10.0.0.1, true",
  })
  void matchesItsNameInAnyCaseAndWithADot(String pattern, String host, boolean matches) {
    assertThat(HostPattern.parse(pattern).matches(host)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "*.",
        "*.*.example.com",
        "push.*.com",
        "*example.com",
        "push.example.com:8081",
        "https://push.example.com",
        "push.example.com/",
        "a b",
        "b\u00fccher.example",
        "[::1]:8081",
      })
  void anInvalidHostIsRejectedAndQuoted(String text) {
    assertThatThrownBy(() -> HostPattern.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must ")
        .hasMessageContaining("is \"" + text + "\"");
  }
}
