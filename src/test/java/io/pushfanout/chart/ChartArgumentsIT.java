package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The command line that the chart builds from its values. */
class ChartArgumentsIT {
  private static Rendered byDefault;

  @BeforeAll
  static void render() {
    byDefault = Chart.render();
  }

  @Test
  void theArgumentsAreThese() {
    assertThat(byDefault.arguments())
        .containsExactly(
            "serve",
            "--kubernetes",
            "--state-dir=/var/lib/pushfanout",
            "--lease-name=pushfanout",
            "--bind=0.0.0.0",
            "--auth=kubernetes",
            "--grpc-port=50053",
            "--http-port=8080",
            "--etcd-endpoints=http://etcd:2379",
            "--max-message-size=4Mi",
            "--max-connection-age=5m",
            "--max-connections=10000",
            "--max-calls=10000",
            "--max-caller-rate=0",
            "--shutdown-delay=5s",
            "--shutdown-timeout=60s",
            "--log-level=info",
            "--log-format=text");
  }

  @Test
  void everyValueThatIsAnOptionArrives() {
    Rendered objects =
        Chart.render(
            "watchNamespaces={a,b}",
            "selector=tier in (gold\\,silver)",
            "allow.static={acme=10.0.0.0/8,*=fd00::/8}",
            "allow.services={acme=chat-*,-}",
            "allow.tls={acme=int*,-}",
            "ceilings={workers=64,acme:queueBytes=64Mi}",
            "bind=::",
            "defaultTarget=acme/chat",
            "limits.connections=1000000",
            "limits.calls=200000",
            "limits.callerRate=300",
            "memoryBudget=256Mi",
            "auditLog=-",
            "tracing.otlpEndpoint=http://collector.traces:4318",
            "tls.existingSecret=server",
            "tls.clientCaSecret=callers",
            "tls.clientCrlSecret=revoked",
            "tls.http=true",
            "etcd.endpoints={https://a:1,https://b:2}",
            "etcd.authority=etcd.example",
            "etcd.tls.existingSecret=certificates",
            "etcd.tls.clientCertificate=true",
            "auth.audiences={push,other}",
            "tlsProfiles.internal.existingSecret=nodes",
            "fullnameOverride=other");

    assertThat(objects.arguments())
        .contains(
            "--namespace=a,b",
            "--selector=tier in (gold,silver)",
            "--allow-static=acme=10.0.0.0/8,*=fd00::/8",
            "--allow-service=acme=chat-*,-",
            "--allow-tls=acme=int*,-",
            "--ceiling=workers=64,acme:queueBytes=64Mi",
            "--bind=::",
            "--auth=kubernetes",
            "--auth-audience=push,other",
            "--default-target=acme/chat",
            "--max-connections=1000000",
            "--max-calls=200000",
            "--max-caller-rate=300",
            "--memory-budget=256Mi",
            "--audit-log=-",
            "--otlp-endpoint=http://collector.traces:4318",
            "--tls-cert=/etc/pushfanout/tls/tls.crt",
            "--tls-key=/etc/pushfanout/tls/tls.key",
            "--tls-client-ca=/etc/pushfanout/client-ca/ca.crt",
            "--tls-client-crl=/etc/pushfanout/client-crl/ca.crl",
            "--http-tls",
            "--etcd-endpoints=https://a:1,https://b:2",
            "--etcd-authority=etcd.example",
            "--etcd-ca=/etc/pushfanout/etcd/ca.crt",
            "--etcd-cert=/etc/pushfanout/etcd/tls.crt",
            "--etcd-key=/etc/pushfanout/etcd/tls.key",
            "--tls-profile=internal=/etc/pushfanout/tls-profiles/internal",
            "--lease-name=other");
    assertThat(options(objects.arguments())).isSubsetOf(optionsOfServe());
  }

  /** Returns the options in the command's help. */
  private static List<String> optionsOfServe() {
    Chart.Run help = Chart.run(new ProcessBuilder("bin/pushfanout", "serve", "--help"));
    List<String> options = new ArrayList<>();
    Pattern.compile("--[a-z-]+").matcher(help.out()).results().forEach(o -> options.add(o.group()));
    assertThat(options).contains("--grpc-port");
    return options;
  }

  private static List<String> options(List<String> arguments) {
    return arguments.stream()
        .filter(argument -> argument.startsWith("--"))
        .map(argument -> argument.replaceFirst("=.*", ""))
        .toList();
  }

  @Test
  void secretsComeFromSecretsAndAreInNoArgument() {
    Rendered objects =
        Chart.render("etcd.auth.existingSecret=login", "etcd.tls.existingSecret=certificates");

    assertThat(objects.environment())
        .containsEntry("PUSHFANOUT_ETCD_USER", Map.of("secretKeyRef", key("login", "username")))
        .containsEntry(
            "PUSHFANOUT_ETCD_PASSWORD", Map.of("secretKeyRef", key("login", "password")));
    assertThat(objects.pod().at("spec", "volumes", 2, "secret"))
        .isEqualTo(
            Map.of(
                "secretName",
                "certificates",
                "defaultMode",
                0440,
                "items",
                List.of(Map.of("key", "ca.crt", "path", "ca.crt"))));
    assertThat(objects.arguments()).noneMatch(argument -> argument.contains("login"));
    assertThat(objects.arguments()).noneMatch(argument -> argument.startsWith("--etcd-key"));
    assertThat(byDefault.environment()).containsOnlyKeys("POD_NAME", "POD_NAMESPACE");
  }

  @Test
  void theModeDecidesWhichCallersMayBroadcast() {
    Rendered tokens = Chart.render("auth.mode=tokens", "auth.tokens.existingSecret=callers");
    assertThat(tokens.arguments()).contains("--auth=tokens,/etc/pushfanout/auth/tokens");
    assertThat(tokens.pod().maps("spec", "volumes").getLast())
        .containsEntry(
            "secret",
            Map.of(
                "secretName",
                "callers",
                "defaultMode",
                0440,
                "items",
                List.of(Map.of("key", "tokens", "path", "tokens"))));
    assertThat(tokens.pod().at("spec", "containers", 0, "volumeMounts", 2))
        .isEqualTo(
            Map.of("name", "auth-tokens", "mountPath", "/etc/pushfanout/auth", "readOnly", true));

    Rendered mtls =
        Chart.render(
            "auth.mode=mtls",
            "tls.existingSecret=server",
            "tls.clientCaSecret=callers",
            "auth.sans={*.acme.example=acme/*,b.example}");
    assertThat(mtls.arguments())
        .contains("--auth=mtls", "--auth-san=*.acme.example=acme/*,b.example");
    assertThat(Chart.render("auth.mode=none").arguments()).contains("--auth=none");
    assertThat(options(mtls.arguments())).isSubsetOf(optionsOfServe());
  }

  @Test
  void privateKeysAreReadableForThePodsOwnGroupAlone() {
    Rendered objects =
        Chart.render(
            "tls.existingSecret=server",
            "etcd.tls.existingSecret=certificates",
            "etcd.tls.clientCertificate=true",
            "tlsProfiles.internal.existingSecret=nodes",
            "auth.mode=tokens",
            "auth.tokens.existingSecret=callers");

    assertThat(objects.pod().maps("spec", "volumes"))
        .filteredOn(volume -> volume.containsKey("secret"))
        .hasSize(4)
        .allSatisfy(
            volume ->
                assertThat(volume.get("secret"))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("defaultMode", 0440));
    assertThat(objects.pod().at("spec", "securityContext", "fsGroup")).isNotNull();
  }

  @Test
  void notesProposeAnAudienceUntilThereIsOne() {
    String proposal = "--set 'auth.audiences={pushfanout}'";

    assertThat(notes()).contains(proposal);
    assertThat(notes("auth.audiences={push}")).doesNotContain(proposal);
    assertThat(notes("auth.mode=none")).doesNotContain(proposal);
  }

  private static String notes(String... values) {
    List<String> arguments =
        new ArrayList<>(
            List.of("install", Chart.RELEASE, Chart.HOME.toString(), "--dry-run=client"));
    for (String value : values) {
      arguments.addAll(List.of("--set", value));
    }
    Chart.Run run = Chart.helm(arguments);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out();
  }

  @Test
  void aTlsProfileIsASecretThatIsMountedWhole() {
    String longest = "z".repeat(63);
    Rendered objects =
        Chart.render(
            "tlsProfiles." + longest + ".existingSecret=last",
            "tlsProfiles.internal.existingSecret=nodes.tls");

    assertThat(objects.pod().maps("spec", "volumes").subList(2, 4))
        .containsExactly(
            Map.of(
                "name",
                "tls-profile-0",
                "secret",
                Map.of("secretName", "nodes.tls", "defaultMode", 0440)),
            Map.of(
                "name",
                "tls-profile-1",
                "secret",
                Map.of("secretName", "last", "defaultMode", 0440)));
    assertThat(objects.container("volumeMounts"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .contains(
            mount("tls-profile-0", "/etc/pushfanout/tls-profiles/internal"),
            mount("tls-profile-1", "/etc/pushfanout/tls-profiles/" + longest));
    assertThat(objects.arguments())
        .contains(
            "--tls-profile=internal=/etc/pushfanout/tls-profiles/internal",
            "--tls-profile=%s=/etc/pushfanout/tls-profiles/%s".formatted(longest, longest));
  }

  private static Map<String, Object> mount(String volume, String path) {
    return Map.of("name", volume, "mountPath", path, "readOnly", true);
  }

  private static Map<String, Object> key(String secret, String key) {
    return Map.of("name", secret, "key", key);
  }
}
