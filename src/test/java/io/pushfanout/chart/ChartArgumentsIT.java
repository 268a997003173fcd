package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The command line that the chart makes of its values. */
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
            "--lease-name=pushfanout",
            "--bind=0.0.0.0",
            "--grpc-port=50053",
            "--http-port=8080",
            "--etcd-endpoints=http://etcd:2379",
            "--max-message-size=4Mi",
            "--max-connection-age=5m",
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
            "bind=::",
            "defaultTarget=acme/chat",
            "tls.existingSecret=server",
            "tls.clientCaSecret=callers",
            "tls.http=true",
            "etcd.endpoints={https://a:1,https://b:2}",
            "etcd.authority=etcd.example",
            "etcd.tls.existingSecret=certificates",
            "etcd.tls.clientCertificate=true",
            "fullnameOverride=other");

    assertThat(objects.arguments())
        .contains(
            "--namespace=a,b",
            "--selector=tier in (gold,silver)",
            "--bind=::",
            "--default-target=acme/chat",
            "--tls-cert=/etc/pushfanout/tls/tls.crt",
            "--tls-key=/etc/pushfanout/tls/tls.key",
            "--tls-client-ca=/etc/pushfanout/client-ca/ca.crt",
            "--http-tls",
            "--etcd-endpoints=https://a:1,https://b:2",
            "--etcd-authority=etcd.example",
            "--etcd-ca=/etc/pushfanout/etcd/ca.crt",
            "--etcd-cert=/etc/pushfanout/etcd/tls.crt",
            "--etcd-key=/etc/pushfanout/etcd/tls.key",
            "--lease-name=other");
    assertThat(options(objects.arguments())).isSubsetOf(optionsOfServe());
  }

  /** As its help has them. */
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
    assertThat(objects.pod().at("spec", "volumes", 1, "secret"))
        .isEqualTo(
            Map.of(
                "secretName",
                "certificates",
                "items",
                List.of(Map.of("key", "ca.crt", "path", "ca.crt"))));
    assertThat(objects.arguments()).noneMatch(argument -> argument.contains("login"));
    assertThat(objects.arguments()).noneMatch(argument -> argument.startsWith("--etcd-key"));
    assertThat(byDefault.environment()).containsOnlyKeys("POD_NAME", "POD_NAMESPACE");
  }

  private static Map<String, Object> key(String secret, String key) {
    return Map.of("name", secret, "key", key);
  }
}
