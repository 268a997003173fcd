package io.pushfanout.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerNetworkTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1, true",
    "10.0.0.1, 10.0.0.2, false",
    "2001:db8::1, 2001:db8::ffff:ffff:ffff:ffff, true",
    "2001:db8::1, 2001:db8:0:1::1, false",
    "::ffff:10.0.0.1, 10.0.0.1, true",
  })
  void addressesOfOneHostAreEqual(String one, String other, boolean equal) {
    Object network = PeerNetwork.of(InetAddress.ofLiteral(one));

    assertThat(network.equals(PeerNetwork.of(InetAddress.ofLiteral(other)))).isEqualTo(equal);
  }
}
