package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.app.ServeOptions;
import io.pushfanout.demo.DemoOptions;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.tools.Certificates;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flags that serve, node and demo share; ServeCommandTest covers their refusals. */
class EtcdFlagsTest {
  @TempDir private Path dir;

  @Test
  void withoutThemServeLooksOnThisMachine() {
    EtcdOptions options = serve(Map.of());
    assertThat(options).isEqualTo(EtcdOptions.LOCAL);
    assertThat(options.endpoints()).containsExactly(URI.create("http://127.0.0.1:2379"));
  }

  @Test
  void endpointsAreAListInOneFlagOrInSeveralOrInTheEnvironment() {
    List<URI> two = List.of(URI.create("http://a:1"), URI.create("http://b:2"));
    assertThat(serve(Map.of(), "--etcd-endpoints=http://a:1,http://b:2/").endpoints())
        .isEqualTo(two);
    assertThat(serve(Map.of(), "--etcd-endpoints=http://a:1", "--etcd-endpoints=http://b:2"))
        .isEqualTo(EtcdOptions.parse(List.of("http://a:1", "http://b:2")));
    Map<String, String> environment = Map.of("PUSHFANOUT_ETCD_ENDPOINTS", "http://a:1,http://b:2");
    assertThat(serve(environment).endpoints()).isEqualTo(two);
    assertThat(serve(environment, "--etcd-endpoints=http://c:3").endpoints())
        .containsExactly(URI.create("http://c:3"));
  }

  @Test
  void everyFlagIsTaken() {
    Certificates pki = new Certificates(dir);
    Certificates.Pair pair = pki.issue("client", "dns:client.example");
    String ca = pki.ca().toString();
    String certificate = pair.certificate().toString();
    String key = pair.key().toString();

    assertThat(
            serve(
                Map.of("PUSHFANOUT_ETCD_PASSWORD", "secret"),
                "--etcd-endpoints=https://etcd:2379",
                "--etcd-user=reader",
                "--etcd-ca=" + ca,
                "--etcd-cert=" + certificate,
                "--etcd-key=" + key,
                "--etcd-authority=etcd.example"))
        .isEqualTo(
            new EtcdOptions(
                List.of(URI.create("https://etcd:2379")),
                "reader",
                "secret",
                Path.of(ca),
                Path.of(certificate),
                Path.of(key),
                "etcd.example"));
  }

  @Test
  void aPasswordIsInNoTextOfTheOptions() {
    String[] flags = {"serve", "--etcd-user=reader", "--etcd-password=secret"};
    ServeOptions options = CommandRun.read(ServeCommand.class, Map.of(), flags).options();
    assertThat(options.etcd().password()).isEqualTo("secret");
    assertThat(options.toString()).contains("127.0.0.1:2379").doesNotContain("secret");
  }

  @Test
  void theDemoHasNoEtcdUnlessOneIsNamed() {
    assertThat(demo().etcd()).isNull();
    assertThat(demo("--etcd-endpoints=http://a:1").etcd())
        .isEqualTo(EtcdOptions.parse(List.of("http://a:1")));
  }

  private static EtcdOptions serve(Map<String, String> environment, String... flags) {
    return CommandRun.read(ServeCommand.class, environment, with("serve", flags)).options().etcd();
  }

  private static DemoOptions demo(String... flags) {
    return CommandRun.read(DemoCommand.class, Map.of(), with("demo", flags)).options();
  }

  private static String[] with(String command, String... flags) {
    String[] all = new String[flags.length + 1];
    all[0] = command;
    System.arraycopy(flags, 0, all, 1, flags.length);
    return all;
  }
}
