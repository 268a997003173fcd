package io.pushfanout.operator.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader of kubeconfigs, compared with the library's. */
class KubeconfigReaderTest {
  private static final String ALL =
      """
      apiVersion: v1
      kind: Config
      current-context: x
      contexts:
      - name: x
        context: {cluster: c, user: u, namespace: push}
      - name: y
      clusters:
      - name: c
        cluster:
          server: https://h:1
          certificate-authority: ca.crt
          certificate-authority-data: Y2E=
          insecure-skip-tls-verify: %s
          proxy-url: http://p:1
          tls-server-name: name
      users:
      - name: u
        user:
          token: %s
          tokenFile: token
          client-certificate: client.crt
          client-certificate-data: Y3J0
          client-key: client.key
          client-key-data: a2V5
          username: jane
          password: "12"
          as: john
          as-uid: 7
          as-groups: [a, 1]
          as-user-extra: {k: [v, w], l: []}
          auth-provider: {}
          exec:
            apiVersion: client.authentication.k8s.io/v1
            command: plugin
            args: [a, b]
            env: [{name: N, value: V}]
            interactiveMode: Never
            provideClusterInfo: true
            installHint: hint
      - name: v
        user: {}
      - name: w
        user: {token: null, exec: null}
      """;

  @ParameterizedTest
  @ValueSource(strings = {"true", "false", "null", "'true'", "''"})
  void readsAllFieldsAsTheLibraryDoes(String flag) {
    assertEqual(ALL.formatted(flag, "secret"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"12", "1.5", "true", "null", "''", "0x1f", "2026-01-01"})
  void readsAScalarAsTextAsTheLibraryDoes(String token) {
    assertEqual(ALL.formatted("true", token));
  }

  @Test
  void readsJsonAndAFileWithoutLists() {
    assertEqual("{\"current-context\": \"x\", \"clusters\": [null]}");
    assertEqual("kind: Config\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "text",
        "contexts: x",
        "contexts: [x]",
        "clusters: [{name: c, cluster: []}]",
        "clusters: [{name: c, cluster: {server: [h]}}]",
        "clusters: [{name: c, cluster: {insecure-skip-tls-verify: maybe}}]",
        "users: [{name: u, user: {token: {a: b}}}]",
        "users: [{name: u, user: {as-groups: a}}]",
        "users: [{name: u, user: {as-user-extra: [a]}}]",
        "users: [{name: u, user: {exec: plugin}}]",
        "users: [{name: u, user: {auth-provider: gcp}}]",
      })
  void refusesAFieldOfAnotherTypeAsTheLibraryDoes(String text) {
    assertThatThrownBy(() -> KubeconfigReader.read(text)).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> Serialization.unmarshal(text, Config.class))
        .isInstanceOf(RuntimeException.class);
  }

  /** Compares but for the entries without content, which no caller takes. */
  private static void assertEqual(String text) {
    Config library = Serialization.unmarshal(text, Config.class);
    Config ours = KubeconfigReader.read(text);

    assertThat(ours.getCurrentContext()).isEqualTo(library.getCurrentContext());
    assertThat(ours.getContexts()).isEqualTo(library.getContexts());
    assertThat(ours.getUsers()).isEqualTo(library.getUsers());
    library.getClusters().removeIf(java.util.Objects::isNull);
    assertThat(ours.getClusters()).isEqualTo(library.getClusters());
  }
}
