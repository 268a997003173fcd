package io.pushfanout.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolvConfTest {
  @Test
  void theFileOfAPodIsRead() {
    ResolvConf conf =
        ResolvConf.parse(
            List.of(
                "# made by the kubelet",
                "search chat.svc.cluster.local svc.cluster.local. cluster.local",
                "nameserver 10.96.0.10 ; the cluster's",
                "\tnameserver\tfd00::a",
                "nameserver not-an-address",
                "options ndots:5 edns0"));

    assertThat(conf.servers())
        .containsExactly(
            new InetSocketAddress("10.96.0.10", 53), new InetSocketAddress("fd00::a", 53));
    assertThat(conf.search())
        .containsExactly("chat.svc.cluster.local", "svc.cluster.local", "cluster.local");
    assertThat(conf.ndots()).isEqualTo(5);
  }

  @Test
  void withoutSettingsTheMachineItselfIsAsked(@TempDir Path folder) throws IOException {
    ResolvConf none = ResolvConf.read(folder.resolve("none"));
    assertThat(none.servers())
        .containsExactly(new InetSocketAddress(InetAddress.getLoopbackAddress(), 53));
    assertThat(none.ndots()).isEqualTo(1);

    Path file = Files.write(folder.resolve("latin1"), new byte[] {'#', (byte) 0xe9, '\n'});
    assertThat(ResolvConf.read(file)).isEqualTo(none);
  }

  @Test
  void theLastDomainsHoldAndThreeServersAreAsked() {
    ResolvConf conf =
        ResolvConf.parse(
            List.of(
                "domain a.example",
                "search b.example",
                "search .",
                "domain c.example",
                "options ndots:99",
                "nameserver 10.0.0.1",
                "nameserver 10.0.0.2",
                "nameserver 10.0.0.3",
                "nameserver 10.0.0.4"));

    assertThat(conf.search()).containsExactly("c.example");
    assertThat(conf.ndots()).isEqualTo(15);
    assertThat(conf.servers()).hasSize(3);
  }

  @Test
  void aNameWithEnoughDotsIsFirstLookedUpAsItIs() {
    ResolvConf conf = new ResolvConf(List.of(), List.of("x", "y"), 2);

    assertThat(conf.candidates("a.b")).containsExactly("a.b.x.", "a.b.y.", "a.b.");
    assertThat(conf.candidates("a.b.c")).containsExactly("a.b.c.", "a.b.c.x.", "a.b.c.y.");
    assertThat(conf.candidates("a.b.")).containsExactly("a.b.");
  }
}
