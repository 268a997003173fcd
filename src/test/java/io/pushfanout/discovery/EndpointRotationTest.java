package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointRotationTest {
  private static final URI NAME = URI.create("https://etcd.example:2379");

  private static List<InetAddress> addresses(String... texts) {
    return Arrays.stream(texts).map(InetAddresses::forString).toList();
  }

  private static EndpointRotation turns(int seed, URI... endpoints) {
    return new EndpointRotation(List.of(endpoints), new SplittableRandom(seed));
  }

  @Test
  void endpointsTakeTurns() {
    URI other = URI.create("https://other.example:2379");
    EndpointRotation rotation = turns(1, NAME, other);
    URI first = rotation.next();
    assertThat(List.of(rotation.next(), rotation.next(), rotation.next()))
        .containsExactly(
            first.equals(NAME) ? other : NAME, first, first.equals(NAME) ? other : NAME);
  }

  @Test
  void theAddressesOfANameTakeTurnsInAnyOrderOfTheAnswer() {
    EndpointRotation rotation = turns(1, NAME);
    Set<String> firsts = new HashSet<>();
    firsts.add(first(rotation.target(NAME, addresses("10.0.0.1", "10.0.0.2", "10.0.0.3"))));
    firsts.add(first(rotation.target(NAME, addresses("10.0.0.3", "10.0.0.2", "10.0.0.1"))));
    firsts.add(first(rotation.target(NAME, addresses("10.0.0.2", "10.0.0.1", "10.0.0.3"))));
    assertThat(firsts).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2", "10.0.0.3");
  }

  private static String first(String target) {
    String addresses = target.substring("ip://etcd.example:2379/".length());
    return addresses.substring(0, addresses.indexOf(':'));
  }

  @Test
  void aFleetBeginsWithDifferentAddresses() {
    Set<String> firsts = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      firsts.add(first(turns(seed, NAME).target(NAME, addresses("10.0.0.1", "10.0.0.2"))));
    }
    assertThat(firsts).hasSize(2);
  }

  @Test
  void allAddressesAreTheClientsAndTheEndpointIsItsAuthority() {
    assertThat(turns(1, NAME).target(NAME, addresses("10.0.0.1", "2001:db8::1")))
        .isIn(
            "ip://etcd.example:2379/10.0.0.1:2379,%5B2001:db8::1%5D:2379",
            "ip://etcd.example:2379/%5B2001:db8::1%5D:2379,10.0.0.1:2379");
  }

  @Test
  void anAddressOfAnEndpointIsLookedUpWithoutItsBrackets() {
    URI six = URI.create("http://[::1]:2379");
    assertThat(EndpointRotation.host(six)).isEqualTo("::1");
    assertThat(EndpointRotation.host(NAME)).isEqualTo("etcd.example");
    assertThat(turns(1, six).target(six, addresses("::1")))
        .isEqualTo("ip://[::1]:2379/%5B::1%5D:2379");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://[fe80::7%2]:2379", "http://[fe80::7%252]:2379"})
  void theZoneOfAnAddressIsLookedUpAndNotSent(String endpoint) throws Exception {
    URI zoned = URI.create(endpoint);
    InetAddress found =
        Inet6Address.getByAddress(null, InetAddresses.forString("fe80::7").getAddress(), 2);

    assertThat(EndpointRotation.host(zoned)).isEqualTo("fe80::7%2");
    assertThat(turns(1, zoned).target(zoned, List.of(found)))
        .isEqualTo("ip://[fe80::7]:2379/%5Bfe80::7%252%5D:2379");
  }
}
