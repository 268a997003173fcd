package io.pushfanout.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.app.AuditPart;
import io.pushfanout.app.ServeOptions;
import io.pushfanout.app.SourceOptions;
import io.pushfanout.auth.AuthMode;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.HostPattern;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.OriginPattern;
import io.pushfanout.operator.KubernetesOptions;
import io.pushfanout.operator.client.ClusterAccess;
import io.pushfanout.operator.policy.AllowLists;
import io.pushfanout.operator.policy.Ceilings;
import io.pushfanout.operator.policy.TenantPolicy;
import io.pushfanout.options.TlsFiles;
import io.pushfanout.options.UsageException;
import io.pushfanout.server.ServerOptions;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tracing.TracingOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeCommandTest {
  @Test
  void aMissingEtcdShowsTheOptionsWithoutEtcdUnlessEndpointsAreNamed() {
    assertThat(options(Map.of()).etcdHint()).contains("--etcd-endpoints", "--node", "--config");
    assertThat(options(Map.of(), "--node=a:1").etcdHint()).isEmpty();
    assertThat(options(Map.of(), "--etcd-endpoints=http://a:1").etcdHint()).isEmpty();
    assertThat(options(Map.of(), "--default-target=all").defaultTarget())
        .isEqualTo(new BroadcastRequest.Target.All());
  }

  @Test
  void withoutOptionsTheDocumentedDefaultsHold() {
    ServeOptions options = options(Map.of("POD_NAME", "pushfanout-0"), "--node", "a:1");

    assertThat(options.callers().bind()).isEqualTo("127.0.0.1");
    assertThat(options.callers().port()).isEqualTo(50053);
    assertThat(options.httpPort()).isEqualTo(8080);
    assertThat(options.source().settings()).isEqualTo(FanoutSettings.DEFAULT);
    assertThat(options.stateDir()).isNull();
    assertThat(options.auditLog()).isNull();
    assertThat(options.tracing()).isEqualTo(TracingOptions.OFF);
    assertThat(options.defaultTarget()).isNull();
    assertThat(options.callers().limits().maxMessageSize()).isEqualTo(4 << 20);
    assertThat(options.callers().limits().maxConnectionAge()).as("never").isZero();
    assertThat(options.tls()).as("no TLS").isNull();
    assertThat(options.shutdownDelay()).isZero();
    assertThat(options.shutdownTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(options.replicaName()).isEqualTo("pushfanout-0");
  }

  @Test
  void everyOptionIsTaken() {
    ServeOptions options =
        options(
            Map.of(),
            "--grpc-port=0",
            "--http-port=0",
            "--bind=[::]",
            "--auth=none",
            "--node=a:1",
            "--set=workers=50",
            "--set=retry.maxAttempts=3",
            "--state-dir=kept",
            "--audit-log=-",
            "--otlp-endpoint=http://collector:4318",
            "--default-target=acme/chat",
            "--tls-cert=cert.pem",
            "--tls-key=key.pem",
            "--tls-client-ca=ca.pem",
            "--tls-client-crl=crl.pem",
            "--http-tls",
            "--allow-host=push.example.com,*.corp.example",
            "--max-message-size=1Ki",
            "--max-connection-age=5m",
            "--max-connections=100",
            "--max-calls=200",
            "--max-caller-rate=300",
            "--http-allow-origin=https://app.example.com",
            "--memory-budget=2Mi",
            "--dedupe-window=2m",
            "--max-rooms-per-node=5000",
            "--shutdown-delay=5s",
            "--shutdown-timeout=1m30s",
            "--replica-name=one");

    assertThat(options)
        .isEqualTo(
            new ServeOptions(
                new ServerOptions(
                    "::",
                    0,
                    new Limits(
                        1024,
                        Duration.ofMinutes(5),
                        100,
                        200,
                        300,
                        2 << 20,
                        Duration.ofMinutes(2),
                        5000)),
                new TlsFiles(
                    new PemFiles(
                        Path.of("cert.pem"),
                        Path.of("key.pem"),
                        Path.of("ca.pem"),
                        Path.of("crl.pem")),
                    "--tls-client-ca"),
                true,
                0,
                List.of(HostPattern.parse("push.example.com"), HostPattern.parse("*.corp.example")),
                List.of(OriginPattern.parse("https://app.example.com")),
                new SourceOptions(
                    List.of(new NodeAddress("a", 1)),
                    FanoutSettings.DEFAULT.toBuilder().workers(50).maxAttempts(3).build(),
                    new Discovery.Etcd(
                        Discovery.Etcd.DEFAULT_SERVICE, Discovery.Etcd.DEFAULT_GRACE),
                    null,
                    null),
                options.etcd(),
                Map.of(),
                Path.of("kept"),
                AuditPart.STDOUT,
                new TracingOptions("http://collector:4318", Map.of()),
                new BroadcastRequest.Target.Named(new FanoutName("acme", "chat")),
                new AuthMode.None(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(90),
                "one"));
  }

  @Test
  void nodesAreRepeatedOrCommaSeparatedAndOneAddressIsOneNode() {
    ServeOptions options =
        options(Map.of(), "--node", "b:1,A:1", "--node", "a.:1", "--node=[0:0::1]:9,[::1]:9");

    assertThat(options.source().nodes())
        .containsExactly(
            NodeAddress.parse("b:1"), NodeAddress.parse("a:1"), NodeAddress.parse("[::1]:9"));
  }

  @Test
  void optionsThatAreNotGivenComeFromTheEnvironment() {
    ServeOptions options =
        options(
            Map.of(
                "PUSHFANOUT_NODE", "a:1, b:2",
                "PUSHFANOUT_SET", "workers=50,queueSize=10",
                "PUSHFANOUT_GRPC_PORT", "1234",
                "PUSHFANOUT_HTTP_PORT", "",
                "PUSHFANOUT_MAX_MESSAGE_SIZE", "8Mi",
                "PUSHFANOUT_REPLICA_NAME", "two"),
            "--grpc-port",
            "4321");

    assertThat(options.source().nodes())
        .containsExactly(new NodeAddress("a", 1), new NodeAddress("b", 2));
    assertThat(options.source().settings().workers()).isEqualTo(50);
    assertThat(options.source().settings().queueSize()).isEqualTo(10);
    assertThat(options.callers().port()).as("given on the command line").isEqualTo(4321);
    assertThat(options.httpPort()).as("an empty variable").isEqualTo(8080);
    assertThat(options.callers().limits().maxMessageSize()).isEqualTo(8 << 20);
    assertThat(options.replicaName()).isEqualTo("two");
  }

  @Test
  void nodesOnTheCommandLineReplaceThoseOfTheEnvironment() {
    assertThat(options(Map.of("PUSHFANOUT_NODE", "a:1"), "--node", "b:2").source().nodes())
        .containsExactly(new NodeAddress("b", 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --max-message-size 1023  | --max-message-size: must be from 1Ki to 100Mi, is 1023
          --max-message-size 101Mi | --max-message-size: must be from 1Ki to 100Mi, is 101Mi
          --max-message-size 4Gi   | --max-message-size: must be from 1Ki to 100Mi, is 4Gi
          --max-message-size big | --max-message-size: must be a quantity of whole bytes such as 65536, 64Ki or 64Mi, is "big"
          --max-connection-age 999ms | --max-connection-age: must be 0s (off) or from 1s to 24h, is 999ms
          --dedupe-window 999ms | --dedupe-window: must be 0s (off) or from 1s to 24h, is 999ms
          --max-connection-age 24h1ms | --max-connection-age: must be 0s (off) or from 1s to 24h, is 24h1ms
          --shutdown-delay 1d | --shutdown-delay: must be a duration such as 500ms, 5s or 1m30s, is "1d"
          --default-target acme    | --default-target: must be <namespace>/<name> or all, is "acme"
          --replica-name A_B       | --replica-name: must be of a-z, 0-9, '-' and '.', at most 200 of them, is "A_B"
          --grpc-port 9 --http-port 9 | --http-port: must differ from --grpc-port, is 9
          --node b:1,nowhere       | --node: must be host:port, with a port, is "nowhere"
          --tls-cert c.pem         | --tls-cert: needs --tls-key with it
          --tls-key k.pem          | --tls-key: needs --tls-cert with it
          --tls-client-ca ca.pem   | --tls-client-ca: needs --tls-cert and --tls-key with it
          --tls-client-crl crl.pem | --tls-client-crl: needs --tls-client-ca with it
          --tls-cert c --tls-key k --tls-client-crl crl.pem | --tls-client-crl: needs --tls-client-ca with it
          --http-tls               | --http-tls: needs --tls-cert and --tls-key with it
          --tls-cert no/c.pem --tls-key no/k.pem | --tls-cert: no/c.pem: no such file or directory
          --tls-cert pom.xml --tls-key pom.xml   | --tls-cert: pom.xml: holds no PEM certificate
          """)
  void aBadValueIsRefusedByTheNameOfItsFlag(String arguments, String problem) {
    CommandRun run = CommandRun.of(("serve --node a:1 " + arguments).split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("pushfanout serve: " + problem + "\n");
  }

  @Test
  void withoutNodesThoseThatRegisterInEtcdAreServed() {
    assertThat(options(Map.of()).source().spec().discovery()).isEqualTo(Discovery.DEFAULT);
    assertThat(
            options(Map.of(), "--set=discovery.etcd.serviceName=chat").source().spec().discovery())
        .isEqualTo(new Discovery.Etcd("chat", Discovery.Etcd.DEFAULT_GRACE));
    assertThat(options(Map.of(), "--set=discovery.etcd.prefix=kv/chat").source().spec().discovery())
        .isEqualTo(
            new Discovery.Etcd(
                Discovery.Etcd.DEFAULT_SERVICE, "kv/chat/", Discovery.Etcd.DEFAULT_GRACE));
    assertThat(options(Map.of(), "--node=a:1").source().spec().discovery())
        .isInstanceOf(Discovery.Static.class);
    ServeOptions named = options(Map.of(), "--set=discovery.dns.srv=_grpc._tcp.example");
    assertThat(named.source().spec().discovery()).isInstanceOf(Discovery.Dns.class);
    assertThat(named.etcdHint()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --config f --node a:1      | --config: names the nodes; leave --node out
          --config f --set workers=1 | --set: has no use beside --config, whose files have all fields
          --kubernetes --node a:1    | --kubernetes: has its resources say which nodes there are; leave --node out
          --kubernetes --config f    | --config: is another source than --kubernetes; leave one out
          --kubernetes --set workers=1 | --set: has no use beside --kubernetes, whose resources have all fields
          --kubernetes --namespace A_B | --namespace: must be of a-z, 0-9 and '-', at most 63 of them, is "A_B"
          --kubernetes --lease-name ä  | --lease-name: must be of a-z, 0-9 and '-', at most 63 of them, is "ä"
          --namespace a              | --namespace: has no use without --kubernetes
          --selector a=b             | --selector: has no use without --kubernetes
          --lease-name a             | --lease-name: has no use without --kubernetes
          --allow-static a           | --allow-static: has no use without --kubernetes
          --allow-service a=b        | --allow-service: has no use without --kubernetes
          --allow-tls a=b            | --allow-tls: has no use without --kubernetes
          --kubernetes --allow-static a=10.0.0.1/8 | --allow-static: must be 10.0.0.0/8, is "10.0.0.1/8"
          --kubernetes --allow-service a | --allow-service: must be NAMESPACE=SERVICE, is "a"
          --ceiling workers=5        | --ceiling: has no use without --kubernetes
          --kubernetes --ceiling workers=x | --ceiling: workers must be a whole number, is "x"
          --etcd-endpoints 127.0.0.1 | --etcd-endpoints: must be like http://127.0.0.1:2379
          --etcd-user u              | --etcd-user: needs --etcd-password with it
          """)
  void sourcesThatContradictEachOtherAreRefused(String arguments, String problem) {
    CommandRun run = CommandRun.of(("serve " + arguments).split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("pushfanout serve: " + problem);
  }

  @Test
  void resourcesAreServedByNamespaceAndSelector() {
    ServeOptions options =
        options(
            Map.of("POD_NAMESPACE", "push", "POD_NAME", "push-1"),
            "--kubernetes",
            "--namespace=a,b",
            "--selector=tier=gold,env!=test",
            "--lease-name=other");

    assertThat(options.source().kubernetes())
        .isEqualTo(
            new KubernetesOptions(
                List.of("a", "b"),
                "tier=gold,env!=test",
                "other",
                "push",
                "push-1",
                TenantPolicy.EVERYTHING,
                ClusterAccess.of(Map.of("POD_NAMESPACE", "push", "POD_NAME", "push-1"))));
    assertThat(options(Map.of(), "--kubernetes").source().kubernetes())
        .isEqualTo(
            new KubernetesOptions(
                List.of(),
                null,
                "pushfanout",
                null,
                options(Map.of(), "--kubernetes").replicaName(),
                TenantPolicy.EVERYTHING,
                ClusterAccess.of(Map.of())));
    assertThat(options(Map.of()).source().kubernetes()).isNull();
  }

  @Test
  void allowedTargetsOfResourcesAreRepeatedOrCommaSeparated() {
    KubernetesOptions options =
        options(
                Map.of("PUSHFANOUT_ALLOW_SERVICE", "a=chat,b=*"),
                "--kubernetes",
                "--allow-static=a=10.0.0.0/8,b",
                "--allow-static",
                "-",
                "--allow-tls=a=internal,b=*")
            .source()
            .kubernetes();

    assertThat(requireNonNull(options).policy().allowed())
        .isEqualTo(
            AllowLists.parse(
                List.of("a=10.0.0.0/8", "b"),
                List.of("a=chat", "b=*"),
                List.of("a=internal", "b=*")));
  }

  @Test
  void ceilingsOfResourcesAreRepeatedOrCommaSeparated() {
    String[] flags = {"--kubernetes", "--ceiling=workers=5,a:workers=7", "--ceiling", "nodes=10"};
    KubernetesOptions options = options(Map.of(), flags).source().kubernetes();
    KubernetesOptions byEnvironment =
        options(Map.of("PUSHFANOUT_CEILING", "workers=5,a:workers=7,nodes=10"), "--kubernetes")
            .source()
            .kubernetes();

    assertThat(requireNonNull(options).policy().ceilings())
        .isEqualTo(Ceilings.parse(List.of("workers=5", "a:workers=7", "nodes=10")))
        .isEqualTo(requireNonNull(byEnvironment).policy().ceilings());
  }

  @Test
  void aKubeconfigThatIsNotThereEndsTheStart() {
    for (String source : List.of("--kubernetes", "--auth=kubernetes")) {
      assertThatThrownBy(() -> options(Map.of("KUBECONFIG", "/nope:/nor"), source))
          .isInstanceOf(UsageException.class)
          .hasMessage(
              "KUBECONFIG: no such file, and it is to name the API server that serve needs");
    }
    assertThat(options(Map.of("KUBECONFIG", "/nope")).source().kubernetes()).isNull();
  }

  private static ServeOptions options(Map<String, String> environment, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "serve";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return CommandRun.read(ServeCommand.class, environment, all).options();
  }
}
