package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.HostPattern;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.OwnNames;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnAddressesTest {
  private static boolean isRefused(String bind, String node) {
    return OwnAddresses.of(bind, Set.of(50053, 8080))
        .whyNoNode(NodeAddress.parse(node))
        .isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 0.0.0.0:1",
    "127.0.0.1, [::]:1",
    "127.0.0.1, [0:0::0]:50053",
    "127.0.0.1, [::ffff:0.0.0.0]:7",
    "127.0.0.1, 127.0.0.1:50053",
    "127.0.0.1, 127.0.0.1:8080",
    "127.0.0.1, LocalHost.:50053",
    "127.0.0.1, a.localhost:50053",
    "127.0.0.1, [::ffff:127.0.0.1]:50053",
    "::1, [0::1]:8080",
    "::1, localhost:8080",
    "localhost, localhost:50053",
    "localhost, 127.0.0.1:50053",
    "0.0.0.0, 127.0.0.1:50053",
    "0.0.0.0, 127.8.9.10:50053",
    "0.0.0.0, [::1]:50053",
    "::, 127.0.0.1:50053",
    "::, localhost:8080",
    "203.0.113.7, 203.0.113.7:50053",
    "no.such.name.invalid, no.such.name.invalid:50053",
  })
  void anAddressOfThisProcessIsNoNode(String bind, String node) {
    assertThat(isRefused(bind, node)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1:50052",
    "127.0.0.1, 127.0.0.2:50053",
    "127.0.0.1, [::1]:50053",
    "127.0.0.1, node.example:50053",
    "127.0.0.1, notlocalhost:50053",
    "127.0.0.5, localhost:50053",
    "0.0.0.0, 203.0.113.7:50053",
    "0.0.0.0, localhost:50052",
    "0.0.0.0, node.example:50053",
    "203.0.113.7, 127.0.0.1:50053",
    "203.0.113.7, localhost:50053",
  })
  void anAddressThatMayBeAnotherMachinesIsANode(String bind, String node) {
    assertThat(isRefused(bind, node)).isFalse();
  }

  @Test
  void allOfTheMachinesAddressesAreOursWhereAllAreListenedOn() throws Exception {
    var addresses =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
            .toList();
    assertThat(addresses).isNotEmpty();
    for (String address : addresses) {
      assertThat(isRefused("0.0.0.0", new NodeAddress(address, 50053).toString())).isTrue();
    }
  }

  @Test
  void theMachineHasItsHostNameAndTheListedNames() throws IOException {
    OwnNames names = OwnAddresses.names("127.0.0.1", List.of(HostPattern.parse("*.example.com")));

    assertThat(names.has(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip())).isTrue();
    assertThat(names.has("push.example.com")).isTrue();
    assertThat(names.has("evil.example")).isFalse();
  }
}
