package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pushfanout.discovery.EtcdOptions.EtcdOptionException;
import io.pushfanout.tools.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdOptionsTest {
  @TempDir private Path dir;

  @Test
  void endpointsAreUrlsEachOnce() {
    assertThat(
            EtcdOptions.parse(List.of("http://a:1", " http://[::1]:2/", "http://a:1")).endpoints())
        .extracting(Object::toString)
        .containsExactly("http://a:1", "http://[::1]:2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "127.0.0.1:2379",
        "localhost:2379",
        "http://",
        "http://a",
        "http://a:0",
        "http://a:99999",
        "ftp://a:1",
        "http://a:1/path",
        "http://a:1?x",
        "http://a:1#x",
        "http://a b:1",
        "http://\u001b:1",
      })
  void anInvalidEndpointIsRefusedByNameInOneLine(String endpoint) {
    assertThatExceptionOfType(EtcdOptionException.class)
        .isThrownBy(() -> EtcdOptions.parse(List.of(endpoint)))
        .matches(e -> e.flag().equals("--etcd-endpoints"))
        .withMessageStartingWith("--etcd-endpoints: must be like http://127.0.0.1:2379, is \"")
        .withMessageNotContaining("\u001b");
  }

  @Test
  void aPasswordInAnEndpointIsNotRepeated() {
    assertThatExceptionOfType(EtcdOptionException.class)
        .isThrownBy(() -> EtcdOptions.parse(List.of("http://me:secret@a:1")))
        .withMessage("--etcd-endpoints: must be like http://127.0.0.1:2379");
    assertThat(
            EtcdOptions.parse(List.of("http://a:1"), "me", "secret", null, null, null, null)
                .toString())
        .contains("me")
        .doesNotContain("secret");
  }

  @Test
  void optionsThatBelongTogetherAreRequiredTogether() throws Exception {
    String file = Files.createFile(dir.resolve("pem")).toString();
    refused("--etcd-endpoints: needs at least one URL", List.of());
    refused(
        "--etcd-endpoints: must be all http:// or all https://",
        List.of("http://a:1", "https://b:1"));
    refused("--etcd-user: needs --etcd-password with it", "http://a:1", "u", "", "", "", "");
    refused("--etcd-password: needs --etcd-user with it", "http://a:1", "", "p", "", "", "");
    refused("--etcd-ca: needs https:// endpoints", "http://a:1", "", "", file, "", "");
    refused("--etcd-cert: needs --etcd-key with it", "https://a:1", "", "", "", file, "");
    refused("--etcd-key: needs --etcd-cert with it", "https://a:1", "", "", "", "", file);
    refused("--etcd-ca: cannot be read: /no/pem", "https://a:1", "", "", "/no/pem", "", "");
    Certificates pki = new Certificates(dir);
    Certificates.Pair pair = pki.issue("client", "dns:client.example");
    assertThat(
            EtcdOptions.parse(
                    List.of("https://a:1"),
                    "u",
                    "p",
                    pki.ca().toString(),
                    pair.certificate().toString(),
                    pair.key().toString(),
                    "etcd.example")
                .authority())
        .isEqualTo("etcd.example");
  }

  @Test
  void aFileThatIsNoGoodIsRefusedByItsFlag() throws Exception {
    Certificates.Pair pair = new Certificates(dir).issue("client", "dns:client.example");
    String cert = pair.certificate().toString();
    String key = pair.key().toString();
    String empty = Files.createFile(dir.resolve("empty")).toString();
    String encrypted =
        Files.writeString(
                dir.resolve("encrypted"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
            .toString();
    String other = new Certificates(dir.resolve("other")).issue("x", "dns:x").key().toString();
    tlsRefused("--etcd-ca: " + empty + ": holds no PEM certificate", empty, "", "");
    tlsRefused("--etcd-cert: " + empty + ": holds no PEM certificate", "", empty, key);
    tlsRefused("--etcd-key: " + empty + ": holds no PEM private key", "", cert, empty);
    tlsRefused(
        "--etcd-key: "
            + encrypted
            + ": the key is encrypted, and this server has no passphrase for it",
        "",
        cert,
        encrypted);
    tlsRefused(
        "--etcd-key: " + other + ": is not the key of the first certificate in " + cert,
        "",
        cert,
        other);
  }

  private static void tlsRefused(String message, String ca, String cert, String key) {
    refused(message, "https://a:1", "", "", ca, cert, key);
  }

  private static void refused(String message, List<String> endpoints) {
    assertThatExceptionOfType(EtcdOptionException.class)
        .isThrownBy(() -> EtcdOptions.parse(endpoints))
        .withMessage(message);
  }

  private static void refused(
      String message,
      String url,
      String user,
      String password,
      String ca,
      String cert,
      String key) {
    assertThatExceptionOfType(EtcdOptionException.class)
        .isThrownBy(() -> EtcdOptions.parse(List.of(url), user, password, ca, cert, key, null))
        .withMessage(message);
  }
}
