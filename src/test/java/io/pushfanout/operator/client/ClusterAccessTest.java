package io.pushfanout.operator.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.pushfanout.tools.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of a kubeconfig or a pod, and the messages about unusable ones. */
class ClusterAccessTest {
  /** A plugin that returns its own input as the token. */
  private static final String PLUGIN =
      """
      #!/bin/sh
      echo '{"apiVersion": "client.authentication.k8s.io/v1", "status": {"token":'
      echo "\\"$(echo "$KUBERNETES_EXEC_INFO" | tr -d '"')\\"}}"
      """;

  @TempDir private Path dir;

  @Test
  void aKubeconfigNamesServerTokenNamespaceAndWhereTheyAreFrom() throws IOException {
    Path file = kubeconfig("server: https://10.0.0.1:6443", "token: secret");
    Cluster cluster = open(file);

    assertThat(cluster.config().getMasterUrl()).isEqualTo("https://10.0.0.1:6443/");
    assertThat(cluster.config().getOauthToken()).isEqualTo("secret");
    assertThat(cluster.config().getNamespace()).isEqualTo("push");
    assertThat(cluster.where()).isEqualTo("https://10.0.0.1:6443 (kubeconfig %s)", file);
  }

  @Test
  void otherVariablesAndPropertiesAreIgnored() throws IOException {
    Path file = kubeconfig("server: https://10.0.0.1:6443", "token: secret");
    System.setProperty("kubernetes.trust.certificates", "true");
    try {
      assertThat(open(file).config().isTrustCerts()).isFalse();
    } finally {
      System.clearProperty("kubernetes.trust.certificates");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "server: https://h:1, tls-server-name: ''    | token: t                  | ''",
        "server: https://h:1, disable-compression: true | token: t               | ''",
        "proxy-url: http://p:1                       | token: t                  | clusters[c].cluster.server: is missing",
        "server: h:1                                 | token: t                  | must be https://host:port",
        "server: https://h:1, proxy-url: socks5://p:1 | token: t                 | clusters[c].cluster.proxy-url: a proxy of scheme socks5",
        "server: https://h:1, proxy-url: https://p:1 | token: t                  | clusters[c].cluster.proxy-url: a proxy of scheme https",
        "server: https://h:1, certificate-authority: /nope/ca.crt | token: t     | clusters[c].cluster.certificate-authority: there is no file /nope/ca.crt",
        "server: https://h:1, certificate-authority-data: bm8= | token: t        | clusters[c].cluster.certificate-authority-data: holds no PEM certificate",
        "server: https://h:1                         | auth-provider: {name: gcp} | users[u].user.auth-provider: is not supported",
        "server: https://h:1                         | as-uid: '7'               | users[u].user.as-uid: is not supported",
        "server: https://h:1                         | tokenFile: nope           | users[u].user.tokenFile: there is no file",
        "server: https://h:1                         | token: 'my secret'        | users[u].user.token must have one token in it",
        "server: https://h:1                         | client-certificate: nope  | users[u].user.client-certificate: there is no file",
        "server: https://h:1                         | client-key: nope          | users[u].user.client-key: there is no file",
        "server: https://h:1                         | client-key-data: a2V5     | users[u].user.client-key-data: holds no PEM private key",
        "server: https://h:1                         | client-key-data: '%%'      | users[u].user.client-key-data: holds no PEM private key",
        "server: https://h:1                         | client-key: src/test/resources/tls/ec-p256.pem | client-certificate and client-key need each other",
      })
  void aFieldThatIsNoGoodIsNamed(String cluster, String user, String why) throws IOException {
    Path file = kubeconfig(cluster, user.replace("src/", Path.of("src").toAbsolutePath() + "/"));
    if (why.isEmpty()) {
      open(file);
    } else {
      assertThatThrownBy(() -> open(file))
          .isInstanceOf(ClusterException.class)
          .hasMessageContaining("kubeconfig " + file)
          .hasMessageContaining(why)
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void aFileThatIsNoKubeconfigIsNamedAndNotQuoted() throws IOException {
    Path file = Files.writeString(dir.resolve("broken"), "users: [{secret");
    assertThatThrownBy(() -> open(file)).hasMessage("kubeconfig %s: is no kubeconfig", file);
    Files.writeString(file, "  \n");
    assertThatThrownBy(() -> open(file)).hasMessage("kubeconfig %s: is empty", file);
    Files.writeString(file, "kind: Config\n");
    assertThatThrownBy(() -> open(file))
        .hasMessage("kubeconfig %s: current-context is not set", file);
    Files.writeString(file, "current-context: nope\n");
    assertThatThrownBy(() -> open(file))
        .hasMessage("kubeconfig %s: contexts has no \"nope\"", file);
    assertThatThrownBy(() -> open(dir)).hasMessageContaining(dir + " is a directory");
  }

  @Test
  void ofSeveralFilesTheFirstWinsAndOnesThatAreNotThereAreLeftOut() throws IOException {
    Path first = kubeconfig("server: https://first:1", "token: a");
    Path second = kubeconfig("server: https://second:1", "token: b");
    Map<String, String> environment =
        Map.of("KUBECONFIG", "%s::%s:%s".formatted(dir.resolve("nope"), first, second));

    assertThat(ClusterAccess.of(environment).open().config().getMasterUrl())
        .isEqualTo("https://first:1/");
    assertThat(ClusterAccess.of(environment).missingKubeconfig()).isEmpty();
    assertThat(ClusterAccess.of(Map.of("KUBECONFIG", "/nope:/nor")).missingKubeconfig())
        .contains("/nope:/nor");
    assertThat(ClusterAccess.of(Map.of()).missingKubeconfig()).isEmpty();
  }

  @Test
  void theProxyOfTheClusterCountsBeforeThoseOfTheEnvironment() throws IOException {
    Path own = kubeconfig("server: https://h:1, proxy-url: 'http://own:3128'", "token: t");
    Path none = kubeconfig("server: https://h:1", "token: t");
    Map<String, String> proxies = Map.of("HTTPS_PROXY", "http://all:3128", "NO_PROXY", "own");

    Cluster through = new ClusterAccess(with(proxies, own), dir).open();
    assertThat(through.config().getHttpsProxy()).isEqualTo("http://own:3128");
    assertThat(through.where()).contains("by the proxy http://own:3128 (kubeconfig");
    assertThat(new ClusterAccess(with(proxies, none), dir).open().where())
        .contains("https://h:1 by the proxy http://all:3128 (HTTPS_PROXY)");
    assertThat(open(none).config().getHttpsProxy()).isNull();
  }

  @Test
  void relativePathsBeginAtTheKubeconfigAndATokenFileIsReadAgain() throws IOException {
    Certificates pki = new Certificates(dir);
    Files.writeString(dir.resolve("token"), "one\n");
    Config config =
        open(kubeconfig(
                "server: https://h:1, certificate-authority: " + pki.ca().getFileName(),
                "tokenFile: token, token: not-this-one"))
            .config();

    assertThat(new String(decoded(config.getCaCertData()), StandardCharsets.UTF_8))
        .contains("BEGIN CERTIFICATE");
    assertThat(config.getOauthTokenProvider().getToken()).isEqualTo("one");
    Files.writeString(dir.resolve("token"), "two\n");
    assertThat(config.getOauthTokenProvider().getToken()).isEqualTo("two");
    Files.delete(dir.resolve("token"));
    assertThat(config.getOauthTokenProvider().getToken()).isEqualTo("two");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret\nsecret", "secret \u0000", "secr\u00e9t", "\ufeffsecret"})
  void aFileThatIsNoTokenIsNamedAndNotQuoted(String content) throws IOException {
    Path token = Files.writeString(dir.resolve("token"), content);

    assertThatThrownBy(() -> open(kubeconfig("server: https://h:1", "tokenFile: token")))
        .hasMessageEndingWith("tokenFile: %s must have one token in it, and nothing else", token)
        .hasMessageNotContaining("secr");
  }

  @Test
  void aPluginGetsTheAuthoritiesOfAFileAsKubectlGivesThem() throws IOException {
    Certificates pki = new Certificates(dir);
    Path plugin = Files.writeString(dir.resolve("plugin.sh"), PLUGIN);
    assertThat(plugin.toFile().setExecutable(true)).isTrue();
    Config config =
        open(kubeconfig(
                "server: https://h:1, certificate-authority: " + pki.ca(),
                "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh,"
                    + " provideClusterInfo: true}"))
            .config();

    assertThat(config.getOauthTokenProvider().getToken())
        .contains("certificate-authority-data:" + config.getCaCertData());
  }

  /** A cluster's settings for its plugins, which kubectl hands over unread. */
  @Test
  void aPluginGetsTheSettingsOfItsCluster() throws IOException {
    Path plugin = Files.writeString(dir.resolve("plugin.sh"), PLUGIN);
    assertThat(plugin.toFile().setExecutable(true)).isTrue();
    String exec =
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh,"
            + " provideClusterInfo: %s}";
    String cluster =
        "server: https://h:1, extensions: [{name: other, extension: {a: b}}, {name:"
            + " client.authentication.k8s.io/exec, extension: {audience: [c, 1]}}]";

    assertThat(token(cluster, exec.formatted(true))).contains("config:{audience:[c,1]}");
    assertThat(token("server: https://h:1", exec.formatted(true))).contains("config:null");
    assertThat(token(cluster, exec.formatted(false))).doesNotContain("audience");
  }

  private String token(String cluster, String user) throws IOException {
    return open(kubeconfig(cluster, user)).config().getOauthTokenProvider().getToken();
  }

  @Test
  void aUserActsAsAnother() throws IOException {
    Config config =
        open(kubeconfig(
                "server: https://h:1",
                "token: t, as: jane, as-groups: [a, b], as-user-extra: {k: [v]}"))
            .config();

    assertThat(config.getImpersonateUsername()).isEqualTo("jane");
    assertThat(config.getImpersonateGroups()).containsExactly("a", "b");
    assertThat(config.getImpersonateExtras()).containsOnlyKeys("k");
  }

  @Test
  void aPodHasItsServiceAccount() throws IOException {
    Certificates pki = new Certificates(dir);
    Files.copy(pki.ca(), dir.resolve("ca.crt"));
    Files.writeString(dir.resolve("token"), "of-the-pod");
    Files.writeString(dir.resolve("namespace"), "push");
    Map<String, String> pod =
        Map.of(
            "HOME", "/nonexistent",
            "KUBERNETES_SERVICE_HOST", "fd00::1",
            "KUBERNETES_SERVICE_PORT", "443",
            "HTTPS_PROXY", "http://p:1",
            "NO_PROXY", "fd00::/108");
    Cluster cluster = new ClusterAccess(pod, dir).open();

    assertThat(cluster.where()).isEqualTo("https://[fd00::1]:443 (service account of the pod)");
    assertThat(cluster.config().getNamespace()).isEqualTo("push");
    assertThat(cluster.config().getOauthTokenProvider().getToken()).isEqualTo("of-the-pod");

    Files.delete(dir.resolve("token"));
    assertThatThrownBy(() -> new ClusterAccess(pod, dir).open())
        .hasMessage("service account of the pod: there is no file %s/token", dir);
    assertThatThrownBy(() -> ClusterAccess.of(Map.of("HOME", "/nonexistent")).open())
        .hasMessageContaining("KUBECONFIG is not set")
        .hasMessageContaining("KUBERNETES_SERVICE_HOST");
  }

  private static Cluster open(Path kubeconfig) {
    return ClusterAccess.of(Map.of("KUBECONFIG", kubeconfig.toString())).open();
  }

  private static Map<String, String> with(Map<String, String> environment, Path kubeconfig) {
    var all = new java.util.HashMap<>(environment);
    all.put("KUBECONFIG", kubeconfig.toString());
    return all;
  }

  private Path kubeconfig(String cluster, String user) throws IOException {
    return Files.writeString(
        Files.createTempFile(dir, "config", ".yaml"),
        """
        current-context: x
        contexts: [{name: x, context: {cluster: c, user: u, namespace: push}}]
        clusters: [{name: c, cluster: {%s}}]
        users: [{name: u, user: {%s}}]
        """
            .formatted(cluster, user));
  }

  private static byte[] decoded(String base64) {
    return Base64.getDecoder().decode(base64);
  }
}
