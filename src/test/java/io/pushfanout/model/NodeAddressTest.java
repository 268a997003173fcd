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
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> NodeAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void messagesCarryNothingThatATerminalWouldObey() {
    assertThatThrownBy(() -> NodeAddress.parse("\u001b[31m" + "x".repeat(500)))
        .hasMessageNotContaining("\u001b")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(120));
  }
}
