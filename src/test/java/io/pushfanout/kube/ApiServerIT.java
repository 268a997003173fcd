package io.pushfanout.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The properties of the API server that other tests rely on. */
@ResourceLock(Cluster.LOCK)
class ApiServerIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  @Test
  void restartKeepsPortDataAndTokens() {
    KubeConfig account = cluster.createServiceAccount("somebody");
    cluster
        .client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(cluster.namespace())
                .withName("kept")
                .endMetadata()
                .build())
        .create();

    cluster.server().kill();
    assertThat(cluster.kubectl().run("get", "namespaces").exit()).isNotZero();
    long killed = System.nanoTime();
    cluster.server().start();
    System.err.printf("kube-apiserver is ready %d ms after its start%n", millisSince(killed));

    assertThat(
            cluster.client().configMaps().inNamespace(cluster.namespace()).withName("kept").get())
        .isNotNull();
    assertThat(cluster.kubectl(account).run("auth", "whoami").ok())
        .contains("system:serviceaccount:" + cluster.namespace() + ":somebody");
  }

  @Test
  void aNewAccountHasNoRights() {
    try (KubernetesClient somebody = cluster.createServiceAccount("somebody").client()) {
      assertThatThrownBy(() -> somebody.configMaps().inNamespace(cluster.namespace()).list())
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
    }
  }

  @Test
  void aFrozenServerAnswersNothingAndAThawedOneGoesOn() {
    cluster.server().freeze();
    assertThat(cluster.kubectl().run("get", "namespaces", "--request-timeout=1s").exit())
        .isNotZero();

    cluster.server().thaw();
    assertThat(cluster.kubectl().run("get", "namespaces").ok()).contains(cluster.namespace());
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }
}
