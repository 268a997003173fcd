package io.pushfanout.operator.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpProxyTest {
  private static final URI SERVER = URI.create("https://10.0.0.1:6443");

  @ParameterizedTest
  @CsvSource({
    "http://proxy.example:3128, http://proxy.example:3128",
    "HTTP://proxy.example:3128/, http://proxy.example:3128",
    "proxy.example:3128, http://proxy.example:3128",
    "proxy.example, http://proxy.example:80",
    "' http://10.9.9.9:3128 ', http://10.9.9.9:3128",
    "http://[::1]:3128, http://[::1]:3128",
    "[::1]:3128, http://[::1]:3128",
  })
  void aProxyIsReadInTheFormsThatAreUsual(String text, String url) {
    assertThat(HttpProxy.parse(text, "HTTPS_PROXY").url()).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource({"https, https://p:1", "socks5, socks5://p:1", "socks4, socks4://u:secret@p:1"})
  void aProxyOfAnotherKindIsRefusedByNameAndKind(String scheme, String text) {
    assertThatThrownBy(() -> HttpProxy.parse(text, "HTTPS_PROXY"))
        .isInstanceOf(ClusterException.class)
        .hasMessage("HTTPS_PROXY: a proxy of scheme %s is not supported, one of http is", scheme);
  }

  @ParameterizedTest
  @CsvSource({"http://", "'a b'", "http://:3128", "http://p:port"})
  void anInvalidProxyIsRefusedWithoutItsText(String text) {
    assertThatThrownBy(() -> HttpProxy.parse(text, "proxy-url"))
        .isInstanceOf(ClusterException.class)
        .hasMessage("proxy-url: a proxy must be http://host:port");
  }

  @Test
  void aProxyThatWantsAPasswordIsRefusedWithoutIt() {
    assertThatThrownBy(() -> HttpProxy.parse("http://user:secret@p:1", "HTTPS_PROXY"))
        .hasMessage("HTTPS_PROXY: a proxy with user and password is not supported");
  }

  @Test
  void variablesCountInBothCasesAndTheOneOfTheSchemeFirst() {
    assertThat(found(Map.of("HTTPS_PROXY", "a:1", "ALL_PROXY", "b:1"))).contains("http://a:1");
    assertThat(found(Map.of("https_proxy", "a:1"))).contains("http://a:1");
    assertThat(found(Map.of("all_proxy", "b:1"))).contains("http://b:1");
    assertThat(found(Map.of("HTTPS_PROXY", " ", "https_proxy", "a:1"))).contains("http://a:1");
    assertThat(found(Map.of("HTTP_PROXY", "a:1"))).isEmpty();
    assertThat(HttpProxy.of(URI.create("http://10.0.0.1"), Map.of("http_proxy", "a:1")))
        .map(HttpProxy::url)
        .contains("http://a:1");
  }

  @Test
  void noProxyCountsInBothCasesWithThePortOfTheScheme() {
    assertThat(found(Map.of("HTTPS_PROXY", "a:1", "NO_PROXY", "10.0.0.0/8"))).isEmpty();
    assertThat(found(Map.of("HTTPS_PROXY", "a:1", "no_proxy", "10.0.0.1:6443"))).isEmpty();
    assertThat(
            HttpProxy.of(
                URI.create("https://kubernetes.default.svc"),
                Map.of("HTTPS_PROXY", "a:1", "NO_PROXY", ".svc:443")))
        .isEmpty();
    assertThat(found(Map.of("HTTPS_PROXY", "socks5://a:1", "NO_PROXY", "*")))
        .as("a proxy that is not used need not be one that can be")
        .isEmpty();
  }

  private static Optional<String> found(Map<String, String> environment) {
    return HttpProxy.of(SERVER, environment).map(HttpProxy::url);
  }
}
