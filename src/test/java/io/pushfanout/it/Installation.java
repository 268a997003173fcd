package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.pushfanout.chart.Chart;
import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.discovery.TcpProxy;
import io.pushfanout.kube.Cluster;
import io.pushfanout.kube.KubeConfig;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.tools.ChildProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * PushFanout installed by its chart in the namespace of a test. The cluster has no Kubernetes
 * nodes: the replicas are processes of this machine, under the chart's ServiceAccount.
 */
final class Installation {
  /** Name of the Lease in the chart, which is the program's default too. */
  static final String LEASE = "pushfanout";

  private static final String ACCOUNT = "pushfanout";

  private static final String RELEASE = "pushfanout";

  private final Cluster cluster;
  private final String namespace;
  private final UnaryOperator<KubeConfig> route;

  /**
   * Kubeconfig of the chart's account; kept, because a replica may have to start without an API
   * server.
   */
  private @Nullable Path kubeconfig;

  private Installation(Cluster cluster, String namespace) {
    this(cluster, namespace, UnaryOperator.identity());
  }

  private Installation(Cluster cluster, String namespace, UnaryOperator<KubeConfig> route) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.route = route;
  }

  /** Installs the chart in the test's namespace. */
  static Installation in(Cluster cluster) {
    Installation installed = new Installation(cluster, cluster.namespace());
    installed.helm("install");
    return installed;
  }

  /** Installs the chart without any right for its account. */
  static Installation withoutRights(Cluster cluster) {
    Installation installed = new Installation(cluster, cluster.namespace());
    installed.helm("install", "--set=rbac.create=false");
    return installed;
  }

  void removeRights() {
    helm("upgrade", "--set=rbac.create=false");
  }

  void grantRights() {
    helm("upgrade", "--set=rbac.create=true");
  }

  /**
   * Returns an installation in a new namespace, without a run of Helm, for a user's resources
   * there.
   */
  Installation elsewhere() {
    return new Installation(cluster, cluster.createNamespace());
  }

  /** Returns this installation with replicas that reach the API server through this network. */
  Installation behind(TcpProxy network) {
    return new Installation(cluster, namespace, config -> config.at(network.address()));
  }

  /** Runs Helm as a user does, but without the CRD, which all tests share. */
  private void helm(String command, String... flags) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                command,
                RELEASE,
                Chart.HOME.toString(),
                "--kubeconfig=" + cluster.file(cluster.server().admin()),
                "--namespace=" + namespace,
                "--set=crds.install=false"));
    arguments.addAll(List.of(flags));
    Chart.Run run = Chart.helm(arguments);
    assertThat(run.code()).as(run.err()).isZero();
  }

  String namespace() {
    return namespace;
  }

  // ---- replicas

  /** Starts a ready replica, under the chart's ServiceAccount. */
  ServeProcess replica(String name, EtcdServer etcd, String... flags) {
    return ServeProcess.ready(launch(name, etcd, flags));
  }

  /** Starts a replica that listens, ready or not. */
  ServeProcess starting(String name, EtcdServer etcd, String... flags) {
    return ServeProcess.listening(launch(name, etcd, flags));
  }

  private ChildProcess launch(String name, EtcdServer etcd, String... flags) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--kubernetes",
                "--grpc-port=0",
                "--http-port=0",
                "--etcd-endpoints=" + etcd.endpoint()));
    if (List.of(flags).stream()
        .noneMatch(flag -> flag.startsWith("--namespace") || flag.startsWith("--selector"))) {
      arguments.add("--namespace=" + namespace);
    }
    arguments.addAll(List.of(flags));
    return ServeProcess.launch(
        Map.of("KUBECONFIG", kubeconfig().toString(), "POD_NAME", name, "POD_NAMESPACE", namespace),
        arguments);
  }

  /** Returns the kubeconfig of the chart's account, which every replica reads. */
  Path kubeconfig() {
    Path file = kubeconfig;
    if (file == null) {
      file = cluster.file(route.apply(cluster.serviceAccount(namespace, ACCOUNT)));
      kubeconfig = file;
    }
    return file;
  }

  // ---- a user's actions

  /**
   * @param spec as a flow of YAML, such as <code>{workers: 4}</code>
   */
  void applyFanout(String name, String spec) {
    apply(
        """
        apiVersion: pushfanout.io/v1alpha1
        kind: PushFanout
        metadata: {name: %s, namespace: %s}
        spec: %s
        """
            .formatted(name, namespace, spec));
  }

  void apply(String yaml) {
    cluster.kubectl().runWith(yaml, "apply", "--server-side", "-f", "-").ok();
  }

  PushFanout get(String name) {
    return Objects.requireNonNull(
        cluster.client().resources(PushFanout.class).inNamespace(namespace).withName(name).get(),
        name);
  }

  void delete(String name) {
    cluster.client().resources(PushFanout.class).inNamespace(namespace).withName(name).delete();
  }

  /**
   * Applies a merge patch.
   *
   * @return the generation of the patched resource
   */
  long patch(String name, String json) {
    return cluster
        .client()
        .resources(PushFanout.class)
        .inNamespace(namespace)
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), json)
        .getMetadata()
        .getGeneration();
  }

  void label(String name, String label, String value) {
    patch(name, "{\"metadata\":{\"labels\":{\"%s\":\"%s\"}}}".formatted(label, value));
  }

  /** Returns the condition, or a condition with status Unknown before the first status. */
  Condition condition(String name, String type) {
    PushFanout resource = get(name);
    List<Condition> conditions =
        resource.getStatus() == null || resource.getStatus().conditions() == null
            ? List.of()
            : resource.getStatus().conditions();
    return conditions.stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseGet(() -> new Condition("", "", 0L, "NotWritten", "Unknown", type));
  }

  Lease lease(String name) {
    Lease lease = cluster.client().leases().inNamespace(namespace).withName(name).get();
    if (lease == null) {
      throw new NoSuchElementException("Lease " + name);
    }
    return lease;
  }

  List<String> leases() {
    return cluster.client().leases().inNamespace(namespace).list().getItems().stream()
        .map(lease -> lease.getMetadata().getName())
        .toList();
  }

  void replace(Lease lease) {
    cluster.client().resource(lease).update();
  }
}
