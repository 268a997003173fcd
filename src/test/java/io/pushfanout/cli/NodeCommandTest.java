package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.app.NodeService;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.node.AllowedNames;
import io.pushfanout.node.NodeOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeCommandTest {
  @Test
  void withoutAnEtcdItRegistersNowhere() {
    NodeCommand command = read(Map.of());

    assertThat(command.options()).isEqualTo(new NodeOptions("127.0.0.1", 50052, 8081));
    assertThat(command.registration()).isNull();
    assertThat(read(Map.of(), "--bind=0.0.0.0").registration()).isNull();
    assertThat(read(Map.of("PUSHFANOUT_ETCD_ENDPOINTS", "")).registration()).isNull();
  }

  @Test
  void withAnEtcdItRegistersAsServeLooks() {
    assertThat(read(Map.of(), "--etcd-endpoints=http://a:1").registration())
        .isEqualTo(
            new NodeService.Registering(
                EtcdOptions.parse(List.of("http://a:1")),
                "connect-node",
                null,
                Duration.ofSeconds(10)));
  }

  @Test
  void everyOptionIsTakenFromTheEnvironmentToo() {
    NodeService.Registering wanted =
        new NodeService.Registering(
            EtcdOptions.parse(List.of("http://a:1")),
            "chat-node",
            new NodeAddress("node-1.example.com", 50052),
            Duration.ofMinutes(1));

    assertThat(
            read(
                    Map.of(),
                    "--bind=0.0.0.0",
                    "--advertise=Node-1.example.com:50052",
                    "--etcd-endpoints=http://a:1",
                    "--service=chat-node",
                    "--lease-ttl=1m")
                .registration())
        .isEqualTo(wanted);
    assertThat(
            read(Map.of(
                    "PUSHFANOUT_BIND", "::",
                    "PUSHFANOUT_ADVERTISE", "node-1.example.com:50052",
                    "PUSHFANOUT_ETCD_ENDPOINTS", "http://a:1",
                    "PUSHFANOUT_SERVICE", "chat-node",
                    "PUSHFANOUT_LEASE_TTL", "60s"))
                .registration())
        .isEqualTo(wanted);
  }

  @Test
  void namesAndSocketsAreTakenFromFlagsAndEnvironment() {
    AllowedNames names =
        AllowedNames.NONE
            .withHost("push.example.com")
            .withHost("*.apps.example")
            .withOrigin("https://app.example.com")
            .withOrigin("null");
    NodeOptions wanted = new NodeOptions("127.0.0.1", 50052, 8081, names, 7, Duration.ofHours(1));

    assertThat(
            read(
                    Map.of(),
                    "--allow-host=Push.example.com.,*.apps.example",
                    "--allow-origin=https://app.example.com:443",
                    "--allow-origin=null",
                    "--max-sockets=7",
                    "--dedupe-window=1h")
                .options())
        .isEqualTo(wanted);
    assertThat(
            read(Map.of(
                    "PUSHFANOUT_ALLOW_HOST", "push.example.com, *.apps.example",
                    "PUSHFANOUT_ALLOW_ORIGIN", "https://app.example.com,null",
                    "PUSHFANOUT_MAX_SOCKETS", "7",
                    "PUSHFANOUT_DEDUPE_WINDOW", "60m"))
                .options())
        .isEqualTo(wanted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --allow-host * | --allow-host: must name hosts, such as *.example.com, is "*"
          --allow-host push.example.com:8081 | --allow-host: must be a host name without scheme and port
          --allow-origin app.example.com | --allow-origin: must be an origin such as https://app.example.com
          --max-sockets 0 | --max-sockets: must be from 1 to
          --max-sockets 2147483647 | --max-sockets: must be from 1 to
          --dedupe-window 999ms | --dedupe-window: must be 0s (off) or from 1s to 24h
          --dedupe-window 25h | --dedupe-window: must be 0s (off) or from 1s to 24h
          --lease-ttl 1999ms         | --lease-ttl: must be from 2s to 1h
          --lease-ttl 1h1s           | --lease-ttl: must be from 2s to 1h
          --service Chat             | --service:
          --service a/b              | --service:
          --bind 0.0.0.0 --etcd-endpoints http://a:1 | --advertise: is needed
          --bind :: --etcd-endpoints http://a:1 | --advertise: is needed
          --advertise 127.0.0.1:1    | --advertise: has no use without --etcd-endpoints
          --service connect-node     | --service: has no use without --etcd-endpoints
          --lease-ttl 10s            | --lease-ttl: has no use without --etcd-endpoints
          --etcd-user u --etcd-password p | --etcd-user: has no use without --etcd-endpoints
          --advertise 127.0.0.1      | --advertise
          --advertise 127.0.0.1:0    | --advertise
          --etcd-endpoints localhost | --etcd-endpoints: must be like http://127.0.0.1:2379
          --tls-cert c.pem           | --tls-cert: needs --tls-key with it
          --tls-cert no/c.pem --tls-key no/k.pem | --tls-cert: no/c.pem: no such file or directory
          --etcd-password p          | --etcd-password: needs --etcd-user with it
          """)
  void aBadRegistrationIsAUsageErrorThatNamesItsFlag(String flags, String message) {
    CommandRun run = CommandRun.of(("node --grpc-port 0 --http-port 0 " + flags).split(" "));

    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).contains(message);
  }

  private static NodeCommand read(Map<String, String> environment, String... flags) {
    List<String> arguments = new ArrayList<>(List.of("node"));
    arguments.addAll(List.of(flags));
    return CommandRun.read(NodeCommand.class, environment, arguments.toArray(String[]::new));
  }
}
