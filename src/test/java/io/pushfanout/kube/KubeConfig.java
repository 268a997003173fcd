package io.pushfanout.kube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The address of an API server, and the account that calls it.
 *
 * @param authority certificates, as a PEM file
 */
public record KubeConfig(String server, Path authority, String token, String namespace) {

  public KubeConfig inNamespace(String other) {
    return new KubeConfig(server, authority, token, other);
  }

  /**
   * Returns the same account for the server at another address.
   *
   * @param address {@code host:port}
   */
  public KubeConfig at(String address) {
    return new KubeConfig("https://" + address, authority, token, namespace);
  }

  KubeConfig withToken(String other) {
    return new KubeConfig(server, authority, other, namespace);
  }

  /** Writes a new file for {@code KUBECONFIG} into the folder. */
  public Path writeTo(Path folder) {
    try {
      return Files.writeString(Files.createTempFile(folder, "kubeconfig-", ".yml"), yaml());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a client that its owner closes. */
  public KubernetesClient client() {
    return new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(yaml())).build();
  }

  /** Returns a client that fails at once when the server does not answer. */
  KubernetesClient clientWithoutRetries() {
    Config config = Config.fromKubeconfig(yaml());
    config.setRequestRetryBackoffLimit(0);
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private String yaml() {
    return """
    apiVersion: v1
    kind: Config
    current-context: test
    contexts:
    - name: test
      context: {cluster: test, user: test, namespace: %s}
    clusters:
    - name: test
      cluster: {server: "%s", certificate-authority: "%s"}
    users:
    - name: test
      user: {token: "%s"}
    """
        .formatted(namespace, server, authority.toAbsolutePath(), token);
  }
}
