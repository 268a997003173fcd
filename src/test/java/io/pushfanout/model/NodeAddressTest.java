package io.pushfanout.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeAddressTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1:50052, 10.0.0.1:50052",
    "Node-1.Example.COM:1, node-1.example.com:1",
    "node.:80, node:80",
    "my_host:80, my_host:80",
    "0b3f2a:80, 0b3f2a:80",
    "node:00080, node:80",
    "[::1]:65535, [::1]:65535",
    "[2001:DB8:0:0:0:0:0:1]:80, [2001:db8::1]:80",
  })
  void addressesAreNormalised(String text, String normal) {
    assertThat(NodeAddress.parse(text)).hasToString(normal);
    assertThat(NodeAddress.parse(normal)).isEqualTo(NodeAddress.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "node",
        ":80",
        "node:",
        "node:0",
        "node:65536",
        "node:999999",
        "node:-1",
        "node:+1",
        "node:8a",
        "::1:80",
        "[::1]",
        "[node]:80",
        "[::1%lo]:80",
        "[fe80::zz]:80",
        "300.1.1.1:80",
        "1.2.3:80",
        "no de:80",
        "-node:80",
        "node-:80",
        "a..b:80",
        "ünïcode:80",
        "http://node:80",
        "node/x:80",
      })
  void anInvalidAddressIsRejected(String text) {
    assertThatThrownBy(() -> NodeAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://a:1               | host:port, without http://, is",
        "https://a.example        | host:port, without https://, is",
        "HTTP://a:1/x             | host:port, without HTTP://, is",
        "http:/a:1                | host:port, without http:/, is",
        "dns:///a:1               | host:port, without dns:///, is",
        "dns:a:1                  | host:port, without dns:, is",
        "ipv6:[::1]:80            | host:port, without ipv6:, is",
        "grpc+tls://a:1           | host:port, without grpc+tls://, is",
        "unix:/run/a.sock         | host:port, not a Unix socket, is",
        "unix:a                   | host:port, not a Unix socket, is",
        "unix:///run/a.sock:1     | host:port, not a Unix socket, is",
        "a:1/x                    | host:port, without a path, is",
        "a/x:1                    | host:port, without a path, is",
        "/run/a.sock              | host:port, without a path, is",
        "a:1,b:2                  | host:port, one address alone, is",
        "a                        | host:port, with a port, is",
        "a:                       | host:port, with a port, is",
        "''                       | host:port, with a port, is",
        "[::1]                    | host:port, with a port, is",
        ":80                      | host:port, with a host, is",
        "a:http                   | host:port, with a port from 1 to 65535, is",
        "a:123456                 | host:port, with a port from 1 to 65535, is",
        "::1:80                   | host:port, an IPv6 address in brackets: [address]:port, is",
        "::1                      | host:port, an IPv6 address in brackets: [address]:port, is",
        "fe80::1%eth0:80          | host:port, an IPv6 address in brackets: [address]:port, is",
        "x:y:1                    | host:port, is",
      })
  void messagesNameTheMistake(String text, String message) {
    assertThatThrownBy(() -> NodeAddress.parse(text))
        .hasMessage("must be " + message + " \"" + text + "\"");
  }

  /** A host may have the name of a scheme. */
  @ParameterizedTest
  @ValueSource(strings = {"dns:1", "http:80", "unix:80", "ipv4:1"})
  void namesOfSchemesAreNamesOfHosts(String text) {
    assertThat(NodeAddress.parse(text)).hasToString(text);
  }

  @Test
  void messagesCarryNothingThatATerminalWouldObey() {
    assertThatThrownBy(() -> NodeAddress.parse("\u001b[31m" + "x".repeat(500)))
        .hasMessageNotContaining("\u001b")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(120));
  }
}
