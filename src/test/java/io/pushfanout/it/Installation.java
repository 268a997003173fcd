package io.pushfanout.it;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.kube.Cluster;
import io.pushfanout.operator.resource.PushFanout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * PushFanout installed by its chart in the namespace of a test. The cluster has no Kubernetes
 * nodes: the replicas are processes of this machine, under the chart's ServiceAccount.
 */
final class Installation {
  /** The chart's, and the program's default. */
  static final String LEASE = "pushfanout";

  static final String ACCOUNT = "pushfanout";

  private final Cluster cluster;
  private final String namespace;

  private Installation(Cluster cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /** Of the chart, in the test's namespace. */
  static Installation in(Cluster cluster) {
    Installation installed = notYetIn(cluster);
    installed.install();
    return installed;
  }

  /** With nothing but the account. */
  static Installation notYetIn(Cluster cluster) {
    return new Installation(cluster, cluster.namespace());
  }

  /** What a user does in another namespace. */
  Installation elsewhere() {
    return new Installation(cluster, cluster.createNamespace());
  }

  void install() {
    apply(
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: pushfanout, namespace: NS}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: pushfanout-NS}
        rules:
        - {apiGroups: [pushfanout.io], resources: [pushfanouts], verbs: [get, list, watch]}
        - {apiGroups: [pushfanout.io], resources: [pushfanouts/status], verbs: [patch]}
        - {apiGroups: [""], resources: [events], verbs: [create, patch]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: pushfanout-NS}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: pushfanout-NS}
        subjects: [{kind: ServiceAccount, name: pushfanout, namespace: NS}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: pushfanout, namespace: NS}
        rules:
        - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, list, watch, create, update, patch, delete]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: pushfanout, namespace: NS}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: pushfanout}
        subjects: [{kind: ServiceAccount, name: pushfanout, namespace: NS}]
        """
            .replace("NS", namespace));
  }

  String namespace() {
    return namespace;
  }

  // ---- replicas

  /** A replica that is ready, under the chart's ServiceAccount. */
  ServeProcess replica(String name, EtcdServer etcd, String... flags) {
    return ServeProcess.ready(launch(name, etcd, flags));
  }

  /** A replica that listens, ready or not. */
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
        Map.of(
            "KUBECONFIG",
            cluster.file(cluster.serviceAccount(namespace, ACCOUNT)).toString(),
            "POD_NAME",
            name,
            "POD_NAMESPACE",
            namespace),
        arguments);
  }

  // ---- what a user does

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
   * A merge patch.
   *
   * @return the generation that it made
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

  /** One with Unknown everywhere while it has not been written. */
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
