package io.pushfanout.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrBlockTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0, true",
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 9.255.255.255, false",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.1.2.0/23, 10.1.3.255, true",
    "10.1.2.0/23, 10.1.4.0, false",
    "128.0.0.0/1, 127.255.255.255, false",
    "128.0.0.0/1, 255.0.0.1, true",
    "10.1.2.3, 10.1.2.3, true",
    "10.1.2.3, 10.1.2.2, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "::/0, 2001:db8::1, true",
    "::/0, 10.0.0.1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::1, ::1, true",
    "::1/128, ::2, false",
    "::ffff:10.0.0.0/104, 10.9.9.9, true",
    "::ffff:10.0.0.0/104, 11.0.0.1, false",
    "10.0.0.0/8, ::ffff:10.9.9.9, true",
    "10.0.0.0/8, ::10.9.9.9, false",
    "10.0.0.0/8, 64:ff9b::10.9.9.9, false",
  })
  void anAddressIsInANetworkByItsFirstBits(String network, String address, boolean in) {
    assertThat(CidrBlock.parse(network).contains(InetAddresses.forString(address))).isEqualTo(in);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/33, must be a network",
    "10.0.0.0/-1, must be a network",
    "10.0.0.0/08, must be a network",
    "10.0.0.0/, must be a network",
    "10.0.0/8, must be a network",
    "10.0.0.0/8/8, must be a network",
    "2001:db8::/129, must be a network",
    "fe80::%1/64, must be a network",
    "::ffff:10.0.0.0/90, must be a network",
    "'', must be a network",
    "node.example, must be a network",
    "10.0.0.1/8, 'must be 10.0.0.0/8, is'",
    "2001:db8::1/32, 'must be 2001:db8::/32, is'",
    "::ffff:10.0.0.1/104, 'must be 10.0.0.0/8, is'",
  })
  void aMalformedNetworkIsRefused(String text, String problem) {
    assertThatThrownBy(() -> CidrBlock.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(problem)
        .hasMessageEndingWith("\"" + text + "\"");
  }
}
