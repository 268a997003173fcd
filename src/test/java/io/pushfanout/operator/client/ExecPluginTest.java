package io.pushfanout.operator.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.ClusterBuilder;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.api.model.ExecConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credential plugins that are shell scripts. */
class ExecPluginTest {
  private static final String V1 = "client.authentication.k8s.io/v1";

  @TempDir private Path dir;

  @Test
  void aTokenIsKeptUntilItExpires() throws IOException {
    Path count = dir.resolve("count");
    ExecPlugin lasting =
        plugin(
            script(
                "echo x >> count",
                credential("token: one, expirationTimestamp: 2999-01-01T00:00:00Z")));
    assertThat(lasting.getToken()).isEqualTo("one");
    assertThat(lasting.getToken()).isEqualTo("one");
    assertThat(Files.readAllLines(count)).hasSize(1);

    ExecPlugin shortLived =
        plugin(
            script(
                "echo x >> count",
                credential("token: two, expirationTimestamp: " + Instant.now())));
    assertThat(shortLived.getToken()).isEqualTo("two");
    assertThat(shortLived.getToken()).isEqualTo("two");
    assertThat(Files.readAllLines(count)).hasSize(3);
  }

  @Test
  void argumentsVariablesAndTheClusterReachIt() throws IOException {
    ExecConfig exec =
        new ExecConfigBuilder(
                config(
                    script(
                        "echo \"$1/$MORE/$KUBERNETES_EXEC_INFO\" > told", credential("token: t"))))
            .withArgs("an argument")
            .addNewEnv("MORE", "more")
            .withProvideClusterInfo(true)
            .build();
    ExecPlugin plugin =
        plugin(exec, new ClusterBuilder().withServer("https://h:1").withTlsServerName("n").build());

    assertThat(plugin.getToken()).isEqualTo("t");
    assertThat(Files.readString(dir.resolve("told")))
        .startsWith("an argument/more/")
        .contains("\"kind\":\"ExecCredential\"")
        .contains("\"interactive\":false")
        .contains("\"server\":\"https://h:1\"", "\"tls-server-name\":\"n\"");
  }

  @Test
  void aCertificateComesWithItsKey() throws IOException {
    ExecPlugin.Credential credential =
        plugin(script("", credential("clientCertificateData: c, clientKeyData: k"))).credential();
    assertThat(credential.certificate()).isNotNull();
    assertThat(credential.key()).isNotNull();
    assertThat(credential.token()).isNull();
    refused(script("", credential("clientCertificateData: c")), "a certificate or a key");
  }

  @Test
  void aPluginMayWriteMuchBesideItsCredentials() throws IOException {
    assertThat(
            plugin(script("head -c 300000 /dev/zero | tr '\\0' x >&2", credential("token: t")))
                .getToken())
        .isEqualTo("t");
  }

  @Test
  void aPluginMayLeaveSomethingRunning() throws IOException {
    assertThat(
            plugin(script("sleep 600 2> /dev/null & echo $! > left", credential("token: t")))
                .getToken())
        .isEqualTo("t");

    long left = Long.parseLong(Files.readString(dir.resolve("left")).strip());
    assertThat(ProcessHandle.of(left).orElseThrow().destroyForcibly()).isTrue();
  }

  @Test
  void emptyArgumentsAndVariablesReachThePluginEmpty() throws IOException {
    ExecConfig exec =
        new ExecConfigBuilder(
                config(script("echo \"$#$1/$EMPTY.\" > told", credential("token: t"))))
            .withArgs((String) null)
            .addNewEnv("EMPTY", null)
            .build();
    assertThat(plugin(exec, new Cluster()).getToken()).isEqualTo("t");
    assertThat(Files.readString(dir.resolve("told"))).isEqualTo("1/.\n");
    refused(new ExecConfigBuilder(config("true")).addNewEnv(null, "x").build(), "exec.env");
    refused(new ExecConfigBuilder(config("true")).addNewEnv("A=B", "x").build(), "exec.env");
  }

  @Test
  void aFailureOfAPluginIsReportedWithItsName() throws IOException {
    refused(script("echo 'not logged in' >&2; exit 3", ""), "ended with code 3: not logged in");
    refused(script("", "no json"), "its output is no JSON");
    refused(script("", credential("user: none")), "neither token nor certificate");
    refused(script("", credential("token: 'a b'")), "status.token must have one token in it");
    refused(script("", "{}"), "has output of apiVersion \"\"");
    refused(
        new ExecConfigBuilder(config("nope-login")).withInstallHint("get it from x").build(),
        "nope-login cannot be run (get it from x)");
    refused(
        new ExecConfigBuilder(config("true")).withInteractiveMode("Always").build(),
        "exec.interactiveMode");
    refused(
        new ExecConfigBuilder(config("true"))
            .withApiVersion("client.authentication.k8s.io/v1alpha1")
            .build(),
        "exec.apiVersion");
    refused(new ExecConfigBuilder().withApiVersion(V1).build(), "exec.command: is missing");
  }

  private void refused(String command, String why) {
    refused(config(command), why);
  }

  private void refused(ExecConfig exec, String why) {
    assertThatThrownBy(() -> plugin(exec, new Cluster()).credential())
        .isInstanceOf(ClusterException.class)
        .hasMessageStartingWith("users[u].user.exec")
        .hasMessageContaining(why);
  }

  private ExecPlugin plugin(String command) {
    return plugin(config(command), new Cluster());
  }

  private ExecPlugin plugin(ExecConfig exec, Cluster cluster) {
    return new ExecPlugin(exec, new FileField(dir.resolve("config"), "users[u].user"), cluster);
  }

  private static ExecConfig config(String command) {
    return new ExecConfigBuilder().withApiVersion(V1).withCommand(command).build();
  }

  private String script(String first, String out) throws IOException {
    Path script = Files.createTempFile(dir, "plugin", ".sh");
    Files.writeString(
        script, "#!/bin/sh\ncd %s\n%s\ncat <<'END'\n%s\nEND\n".formatted(dir, first, out));
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return "./" + script.getFileName();
  }

  private static String credential(String status) {
    String json = status.replaceAll("(\\w+): ([^,]+)", "\"$1\": \"$2\"");
    return "{\"apiVersion\": \"%s\", \"kind\": \"ExecCredential\", \"status\": {%s}}"
        .formatted(V1, json);
  }
}
