package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.kube.Cluster;
import io.pushfanout.kube.KubeConfig;
import io.pushfanout.kube.Kubectl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The chart's installation, upgrade and removal on a real API server. */
@ResourceLock(Cluster.LOCK)
class ChartInstallIT {
  private static final String CRD = "customresourcedefinition/pushfanouts.pushfanout.io";

  @RegisterExtension static final Cluster cluster = new Cluster();

  @TempDir Path dir;
  private Path kubeconfig;

  /** Gives the installer an account of its own, apart from the account of the chart. */
  @BeforeEach
  void anInstaller() {
    String namespace = cluster.namespace();
    kubeconfig = cluster.file(cluster.createServiceAccount("installer"));
    cluster
        .kubectl()
        .run(
            "create",
            "clusterrolebinding",
            "installer-of-" + namespace,
            "--clusterrole=cluster-admin",
            "--serviceaccount=" + namespace + ":installer")
        .ok();
  }

  private static void deleteCrd() {
    cluster.kubectl().run("delete", CRD, "--timeout=30s").ok();
  }

  @Test
  void aReleaseIsInstalledUpgradedAndUninstalledAndLeavesCrdAndPushFanouts() throws Exception {
    deleteCrd(); // The CRD of the tests would collide with the chart's.
    Chart.Run tooEarly =
        tryHelm("install", Chart.HOME.toString(), "--set=defaultFanout.create=true");
    assertThat(tooEarly.err()).contains("ensure CRDs are installed first");

    helm("install", olderChart().toString());
    assertThat(crdDescription()).contains("An older fanout");
    assertThat(deployment("{.spec.replicas}")).isEqualTo("2");

    helm(
        "upgrade",
        Chart.HOME.toString(),
        "--set=replicaCount=3",
        "--set=headlessService.enabled=true",
        "--set=defaultFanout.create=true");
    assertThat(crdDescription()).doesNotContain("older");
    assertThat(deployment("{.spec.replicas}")).isEqualTo("3");
    assertThat(fanout("{.spec.workers}")).isEqualTo("10");
    assertThat(get("services")).contains("service/pushfanout-headless");

    Chart.Run refused =
        tryHelm(
            "upgrade",
            Chart.HOME.toString(),
            "--reuse-values",
            "--set=defaultFanout.spec.workers=0");
    assertThat(refused.err()).contains("spec.workers");
    helm("upgrade", Chart.HOME.toString(), "--reuse-values", "--set=defaultFanout.spec.workers=50");
    assertThat(fanout("{.spec.workers}")).isEqualTo("50");

    helm("uninstall");
    assertThat(get("deployments,services,serviceaccounts,roles,rolebindings,pdb"))
        .isEqualTo("serviceaccount/installer\n");
    assertThat(get("clusterroles,clusterrolebindings"))
        .doesNotContain("/" + cluster.namespace() + "-pushfanout");
    assertThat(fanout("{.spec.workers}")).as("kept").isEqualTo("50");

    helm("install", Chart.HOME.toString(), "--set=defaultFanout.create=true");
    assertThat(fanout("{.spec.workers}")).as("taken over again").isEqualTo("10");
    helm("uninstall");
    deleteCrd(); // Cluster then installs the CRD of the tests again.
  }

  @Test
  void aCrdThatAUserAppliedIsTakenOverOnlyOnRequest() {
    Chart.Run refused = tryHelm("install", Chart.HOME.toString());
    assertThat(refused.code()).isNotZero();
    assertThat(refused.err()).contains("pushfanouts.pushfanout.io", "cannot be imported");

    helm("install", Chart.HOME.toString(), "--take-ownership", "--force-conflicts");
    helm("uninstall");
    assertThat(cluster.kubectl().run("get", CRD, "-o=name").ok()).as("kept").isNotEmpty();
  }

  /** A replica count that an update removes would fall back to 1, and most replicas would end. */
  @Test
  void theReplicasStayUnderEveryOwnerOfTheirNumber() {
    String[] upgrade = {Chart.HOME.toString(), "--reset-then-reuse-values"};
    helm("install", Chart.HOME.toString(), "--set=crds.install=false", "--set=replicaCount=6");

    helm("upgrade", with(upgrade, "--set=autoscaling.enabled=true"));
    assertThat(deployment("{.spec.replicas}")).as("an autoscaler takes over").isEqualTo("6");

    scale(9); // As the autoscaler does.
    helm("upgrade", with(upgrade, "--set=logLevel=debug"));
    assertThat(deployment("{.spec.replicas}")).as("its number is kept").isEqualTo("9");

    helm("upgrade", with(upgrade, "--set=autoscaling.enabled=false", "--set=replicaCount="));
    assertThat(deployment("{.spec.replicas}")).as("another party takes over").isEqualTo("9");
    scale(0);
    helm("upgrade", with(upgrade, "--set=logLevel=info"));
    assertThat(deployment("{.spec.replicas}")).as("0 is a number too").isEqualTo("0");
    helm("uninstall");
  }

  private static void scale(int replicas) {
    cluster
        .kubectl()
        .run(
            "scale",
            "deployment/pushfanout",
            "--namespace=" + cluster.namespace(),
            "--replicas=" + replicas)
        .ok();
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void theServiceAccountHasTheRightsThatItNeedsAndNoMore() {
    String other = cluster.createNamespace();
    helm("install", Chart.HOME.toString(), "--set=crds.install=false");
    Kubectl account = account();

    assertThat(may(account, "list", "pushfanouts", "--all-namespaces")).isTrue();
    assertThat(may(account, "watch", "pushfanouts", "--all-namespaces")).isTrue();
    assertThat(may(account, "patch", "pushfanouts", "--subresource=status", "-n", other)).isTrue();
    assertThat(may(account, "create", "events", "-n", other)).isTrue();
    assertThat(may(account, "create", "leases.coordination.k8s.io")).isTrue();
    assertThat(may(account, "create", "leases.coordination.k8s.io", "-n", other)).isFalse();
    assertThat(may(account, "create", "tokenreviews.authentication.k8s.io")).isTrue();
    assertThat(may(account, "create", "subjectaccessreviews.authorization.k8s.io")).isTrue();
    assertThat(may(account, "create", "pushfanouts", "--subresource=broadcast")).isFalse();
    for (String verb : List.of("create", "update", "patch", "delete")) {
      assertThat(may(account, verb, "pushfanouts")).as(verb).isFalse();
    }
    for (String resource : List.of("secrets", "pods", "configmaps", "namespaces")) {
      assertThat(may(account, "get", resource)).as(resource).isFalse();
      assertThat(may(account, "list", resource)).as(resource).isFalse();
    }
    helm("uninstall");
  }

  @Test
  void ofSomeNamespacesTheServiceAccountSeesThoseAlone() {
    String watched = cluster.createNamespace();
    String other = cluster.createNamespace();
    helm(
        "install",
        Chart.HOME.toString(),
        "--set=crds.install=false",
        "--set=watchNamespaces={" + watched + "}");
    Kubectl account = account();

    assertThat(may(account, "list", "pushfanouts", "-n", watched)).isTrue();
    assertThat(may(account, "patch", "pushfanouts", "--subresource=status", "-n", watched))
        .isTrue();
    assertThat(may(account, "list", "pushfanouts", "-n", other)).isFalse();
    assertThat(may(account, "list", "pushfanouts", "--all-namespaces")).isFalse();
    assertThat(may(account, "create", "events", "-n", other)).isFalse();
    helm("uninstall");
  }

  /** Returns a copy of the chart with another CRD. */
  private Path olderChart() throws IOException {
    Path older = dir.resolve("pushfanout");
    try (Stream<Path> files = Files.walk(Chart.HOME)) {
      for (Path file : files.toList()) {
        Files.copy(file, older.resolve(Chart.HOME.relativize(file).toString()));
      }
    }
    Path crd = older.resolve("files/crd.yaml");
    String text = Files.readString(crd);
    assertThat(text).contains("\"A fanout");
    Files.writeString(crd, text.replace("\"A fanout", "\"An older fanout"));
    return older;
  }

  private void helm(String command, String... arguments) {
    Chart.Run run = tryHelm(command, arguments);
    assertThat(run.code()).as("%s %s", command, run).isZero();
  }

  private Chart.Run tryHelm(String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(command, Chart.RELEASE));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--namespace", cluster.namespace()));
    return Chart.helm(kubeconfig, all);
  }

  private static Kubectl account() {
    KubeConfig config = cluster.serviceAccount(cluster.namespace(), "pushfanout");
    return cluster.kubectl(config);
  }

  private static boolean may(Kubectl account, String verb, String resource, String... where) {
    List<String> arguments = new ArrayList<>(List.of("auth", "can-i", verb, resource));
    arguments.addAll(List.of(where));
    return account.run(arguments.toArray(String[]::new)).exit() == 0;
  }

  private static String crdDescription() {
    String path = "{.spec.versions[0].schema.openAPIV3Schema.description}";
    return cluster.kubectl().run("get", CRD, "-o=jsonpath=" + path).ok();
  }

  private static String deployment(String path) {
    return get("deployment/pushfanout", "-o=jsonpath=" + path);
  }

  /** Returns a field of the default fanout, once the API server serves the CRD. */
  private static String fanout(String path) {
    cluster.kubectl().run("wait", CRD, "--for=condition=Established", "--timeout=30s").ok();
    return get("pushfanout/default", "-o=jsonpath=" + path);
  }

  private static String get(String what, String... how) {
    List<String> arguments =
        new ArrayList<>(List.of("get", what, "--namespace", cluster.namespace()));
    arguments.addAll(how.length == 0 ? List.of("-o=name") : List.of(how));
    return cluster.kubectl().run(arguments.toArray(String[]::new)).ok();
  }
}
