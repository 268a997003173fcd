package io.pushfanout.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.demo.DemoOptions;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.node.AllowedNames;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoCommandTest {
  @Test
  void theDemoHasTheUsualPortsSoThatTheOtherCommandsFindIt() {
    assertThat(read("demo"))
        .isEqualTo(new DemoOptions("127.0.0.1", 50053, 8080, AllowedNames.NONE, null));
  }

  @Test
  void aCheckPicksFreePortsByDefault() {
    assertThat(read("demo", "--check"))
        .isEqualTo(new DemoOptions("127.0.0.1", 0, 0, AllowedNames.NONE, null));
    assertThat(read("demo", "--check", "--http-port", "9", "--bind", "::1"))
        .isEqualTo(new DemoOptions("::1", 0, 9, AllowedNames.NONE, null));
  }

  @Test
  void aListenerOnEveryAddressIsReachedByLoopback() {
    assertThat(reachable("0.0.0.0")).isEqualTo("127.0.0.1");
    assertThat(reachable("[::]")).isEqualTo("::1");
    assertThat(reachable("10.0.0.1")).isEqualTo("10.0.0.1");
  }

  private static String reachable(String bind) {
    return read("demo", "--auth", "none", "--bind", bind).reachable();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --bind 0.0.0.0               | --auth: is needed with --bind 0.0.0.0, which others can reach: the demo has none alone
          --check --bind ::            | --auth: is needed with --bind ::, which others can reach: the demo has none alone
          --bind 0.0.0.0 --auth tokens | --auth: must be none for the demo, is "tokens"
          --auth mtls                  | --auth: must be none for the demo, is "mtls"
          """)
  void anAddressBeyondLoopbackNeedsAuthNone(String arguments, String problem) {
    CommandRun run = CommandRun.of(("demo " + arguments).split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("pushfanout demo: " + problem);
  }

  @Test
  void endpointsGiveTheDemoAnEtcd() {
    assertThat(read("demo").etcd()).isNull();
    assertThat(read("demo", "--etcd-endpoints", "http://a:1,http://b:2").etcd())
        .isEqualTo(EtcdOptions.parse(List.of("http://a:1", "http://b:2")));

    EtcdOptions etcd =
        requireNonNull(
            read(
                    "demo",
                    "--etcd-endpoints=http://a:1",
                    "--etcd-user=demo",
                    "--etcd-password=secret")
                .etcd());
    assertThat(etcd.user()).isEqualTo("demo");
    assertThat(etcd.password()).isEqualTo("secret");
  }

  @Test
  void endpointsMayComeFromTheEnvironment() {
    DemoOptions options =
        CommandRun.read(
                DemoCommand.class,
                Map.of("PUSHFANOUT_ETCD_ENDPOINTS", "http://a:1,http://b:2"),
                new String[] {"demo"})
            .options();

    assertThat(options.etcd()).isEqualTo(EtcdOptions.parse(List.of("http://a:1", "http://b:2")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --etcd-endpoints 127.0.0.1                  | --etcd-endpoints: must be like http://127.0.0.1:2379
          --etcd-endpoints http://a:1 --etcd-user u   | --etcd-user: needs --etcd-password with it
          --etcd-endpoints http://a:1 --etcd-ca ca.pem | --etcd-ca: needs https:// endpoints
          """)
  void anEtcdThatCannotBeIsRefusedBeforeAnythingStarts(String arguments, String problem) {
    CommandRun run = CommandRun.of(("demo " + arguments).split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("pushfanout demo: " + problem);
  }

  private static DemoOptions read(String... arguments) {
    return CommandRun.read(DemoCommand.class, Map.of(), arguments).options();
  }
}
