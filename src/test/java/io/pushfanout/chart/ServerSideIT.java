package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.kube.Cluster;
import io.pushfanout.kube.Kubectl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart's objects on a real API server. */
@ResourceLock(Cluster.LOCK)
class ServerSideIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  @BeforeAll
  static void installMonitoring() {
    cluster
        .kubectl()
        .run("apply", "--server-side", "-f", "src/test/resources/helm/monitoring-crds.yaml")
        .ok();
    cluster
        .kubectl()
        .run("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all")
        .ok();
  }

  /** Validates the objects on the server without a change to the cluster. */
  private static Kubectl.Answer dryRun(String yaml) {
    return cluster
        .kubectl()
        .runWith(
            yaml,
            "apply",
            "--server-side",
            "--force-conflicts",
            "--dry-run=server",
            "--validate=strict",
            "-f",
            "-");
  }

  private static String template(String... values) {
    return Chart.template(Chart.RELEASE, cluster.namespace(), values);
  }

  @Test
  void theDefaultObjectsAreAccepted() {
    assertThat(dryRun(template()).ok().lines()).hasSize(13);
  }

  /**
   * Uses a name that YAML would read as a number. The cluster has addresses of one family alone.
   */
  @Test
  void theObjectsOfEverySwitchAreAccepted(@TempDir Path folder) throws Exception {
    String yaml =
        Everything.render(folder, "1e5", "1e5", cluster.namespace(), "service.ipFamilies=null");

    assertThat(dryRun(yaml).ok())
        .contains(
            "service/pf-1e5 serverside-applied",
            "service/pf-1e5-headless ",
            "service/pf-1e5-http ",
            "horizontalpodautoscaler.autoscaling/1e5 ",
            "networkpolicy.networking.k8s.io/1e5 ",
            "servicemonitor.monitoring.coreos.com/1e5 ",
            "prometheusrule.monitoring.coreos.com/1e5 ",
            "configmap/1e5-dashboard ",
            "configmap/extra-text ",
            "pushfanout.pushfanout.io/1e5 ");
  }

  @Test
  void rolesForSomeNamespacesAreAccepted() {
    String other = cluster.createNamespace();
    String values = "watchNamespaces={%s,%s}".formatted(cluster.namespace(), other);

    assertThat(dryRun(template(values)).ok().lines())
        .filteredOn(line -> line.startsWith("clusterrole"))
        .allMatch(line -> line.matches("\\S+-(reviews|broadcaster) .*"));
    assertThat(dryRun(template(values, "auth.mode=none")).ok()).doesNotContain("clusterrole");
  }

  @ParameterizedTest
  @CsvSource({
    "serviceMonitor.enabled, honorLabels:, honourLabels:, .spec.endpoints[0].honourLabels",
    "rbac.create, enableServiceLinks:, enableServiceLink:, .spec.template.spec.enableServiceLink",
    "defaultFanout.create, 'spec:\n  {}', 'spec: {workers: 0}', spec.workers",
  })
  void wrongObjectsAreNotAccepted(String on, String right, String wrong, String problem) {
    String yaml = template(on + "=true");
    assertThat(yaml).contains(right);

    Kubectl.Answer refused = dryRun(yaml.replace(right, wrong));

    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err()).contains(problem);
  }

  @Test
  void everyExampleIsAppliedWithItsNamespaces() {
    String applied =
        cluster.kubectl().run("apply", "--validate=strict", "-f", "deploy/examples").ok();

    assertThat(applied.lines())
        .hasSizeGreaterThan(10)
        .filteredOn(line -> line.startsWith("pushfanout"))
        .allMatch(line -> line.endsWith(" created"));
  }

  @Test
  void kubectlAloneInstallsTheSameAndATrial() throws Exception {
    String applied = cluster.kubectl().run("apply", "-k", "deploy").ok();

    int objects = Rendered.of(Files.readString(Path.of("deploy", "pushfanout.yaml"))).ids().size();
    assertThat(applied.lines())
        .hasSize(objects + 1)
        .first()
        .isEqualTo("namespace/pushfanout created");
    Kubectl.Answer trial = cluster.kubectl().run("apply", "-k", "deploy/try");
    assertThat(trial.ok())
        .contains("statefulset.apps/connect-node created", "pushfanout.pushfanout.io/try created");
    assertThat(trial.err()).as("warnings of Pod Security").isEmpty();
    Kubectl.Answer monitoring = cluster.kubectl().run("apply", "-k", "deploy/monitoring");
    assertThat(monitoring.ok())
        .contains("deployment.apps/prometheus created", "deployment.apps/grafana created");
    assertThat(monitoring.err()).as("warnings of Pod Security").isEmpty();
    assertThat(
            cluster
                .kubectl()
                .run("get", "deployment", "pushfanout", "--namespace=pushfanout", "-o=yaml")
                .ok())
        .contains("app.kubernetes.io/managed-by: kustomize")
        .doesNotContain("Helm");
  }

  @Test
  void theOverlayOfThePageOnKubernetesGoesOverIt(@TempDir(factory = InTarget.class) Path overlay)
      throws Exception {
    String page = Files.readString(Path.of("docs", "kubernetes.md"));
    int start = page.indexOf("# kustomization.yaml");
    Files.writeString(
        overlay.resolve("kustomization.yaml"), page.substring(start, page.indexOf("```", start)));

    Rendered objects = Rendered.of(cluster.kubectl().run("kustomize", overlay.toString()).ok());

    assertThat(String.valueOf(objects.container("image")))
        .startsWith("registry.example/pushfanout:");
    assertThat(objects.arguments()).contains("--etcd-endpoints=http://etcd.etcd:2379");
    assertThat(objects.environment()).containsKey("POD_NAME");
  }

  /** Creates the overlay two levels below the checkout, where the page places it. */
  static final class InTarget implements TempDirFactory {
    @Override
    public Path createTempDirectory(
        AnnotatedElementContext elementContext, ExtensionContext extensionContext)
        throws IOException {
      return Files.createTempDirectory(Path.of("target"), "overlay");
    }
  }
}
