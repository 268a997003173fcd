package io.pushfanout.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.net.HostAndPort;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPatternTest {
  @ParameterizedTest
  @CsvSource({
    "https://app.example.com, https://app.example.com, true",
    "https://App.Example.com:443, https://app.example.com, true",
    "http://app.example.com, http://app.example.com:80, true",
    "https://app.example.com, https://app.example.com., true",
    "https://app.example.com, http://app.example.com, false",
    "https://app.example.com, https://app.example.com:8443, false",
    "https://app.example.com:8443, https://app.example.com:8443, true",
    "https://app.example.com, https://app.example.com.evil.example, false",
    "https://app.example.com, https://app.example.com@evil.example, false",
    "https://*.example.com, https://app.example.com, true",
    "https://*.example.com, https://example.com, false",
    "https://*.example.com, https://evilexample.com, false",
    "https://*.example.com:8443, https://app.example.com:8443, true",
    "https://[::1]:8443, https://[::1]:8443, true",
    "app://obsidian.md, app://obsidian.md, true",
    "chrome-extension://abcdefgh, chrome-extension://abcdefgh, true",
    "file://, file://, true",
    "null, null, true",
    "file://, null, false",
    "null, file://, false",
    "null, https://app.example.com, false",
    "*, https://any.example, true",
    "*, file://, true",
    "*, null, false",
  })
  void matchesSchemeHostAndPort(String pattern, String origin, boolean matches) {
    assertThat(OriginPattern.parse(pattern).matches(origin)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "app.example.com",
        "https://",
        "https://app.example.com/",
        "https://app.example.com/path",
        "https://app.example.com?q",
        "https://app.example.com#f",
        "https://user@app.example.com",
        "https://*",
        "https://*.",
        "https://app.*.com",
        "*.example.com",
        "NULL",
        "https://a b",
      })
  void refusesAnInvalidOriginAndQuotesIt(String text) {
    assertThatThrownBy(() -> OriginPattern.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must be an origin")
        .hasMessageContaining("is \"" + text + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "http://node.example:8081, node.example:8081, true",
    "http://Node.Example:8081, node.example:8081, true",
    "https://node.example, node.example, true",
    "https://node.example, node.example:443, true",
    "http://node.example, node.example:80, true",
    "http://[::1]:8081, [::1]:8081, true",
    "http://node.example:8080, node.example:8081, false",
    "http://node.example, node.example:8081, false",
    "http://node.example:8081, node.example, false",
    "https://node.example, node.example:80, false",
    "http://evil.example:8081, node.example:8081, false",
    "http://node.example:8081.evil.example, node.example:8081, false",
    "null, null, false",
    "'', node.example, false",
    "node.example, node.example, false",
  })
  void ownPageHasTheHostAndPortOfTheRequest(String origin, String target, boolean own) {
    HostAndPort asked = HostAndPort.parseAuthority(target, -1);
    assertThat(OriginPattern.isOf(origin, asked.host(), asked.port())).isEqualTo(own);
  }
}
