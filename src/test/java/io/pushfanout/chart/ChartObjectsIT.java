package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The objects that the chart renders from its values. */
class ChartObjectsIT {
  private static Rendered byDefault;

  @BeforeAll
  static void render() {
    byDefault = Chart.render();
  }

  @Test
  void lintFindsNothing() {
    Chart.Run lint = Chart.helm(List.of("lint", "--strict", Chart.HOME.toString()));

    assertThat(lint.out() + lint.err()).contains("0 chart(s) failed").doesNotContain("WARNING");
    assertThat(lint.code()).isZero();
  }

  @Test
  void byDefaultItIsThese() {
    assertThat(byDefault.ids())
        .containsExactlyInAnyOrder(
            "CustomResourceDefinition/pushfanouts.pushfanout.io",
            "ServiceAccount/pushfanout",
            "Role/pushfanout-leases",
            "RoleBinding/pushfanout-leases",
            "ClusterRole/pushfanout-pushfanout",
            "ClusterRoleBinding/pushfanout-pushfanout",
            "ClusterRole/pushfanout-pushfanout-reviews",
            "ClusterRoleBinding/pushfanout-pushfanout-reviews",
            "ClusterRole/pushfanout-pushfanout-broadcaster",
            "Service/pushfanout",
            "Deployment/pushfanout",
            "PodDisruptionBudget/pushfanout",
            "Pod/pushfanout-test");
  }

  /**
   * Helm drops a null together with its default, and values of an older chart lack the newer keys.
   */
  @Test
  void aValueThatIsNullOrMissingHasItsDefault() {
    List<String> nulls =
        Yaml.documents(Chart.read("values.yaml")).getFirst().keySet().stream()
            .filter(value -> !value.equals("replicaCount"))
            .map(value -> value + "=null")
            .toList();

    Rendered objects = Chart.render(nulls.toArray(String[]::new));

    assertThat(objects).isEqualTo(byDefault);
    assertThat(Chart.render("etcd.endpoints=null", "tls.http=null", "service.grpcPort=null"))
        .isEqualTo(byDefault);
  }

  @Test
  void aNullTakesAFieldOfKubernetesAway() {
    assertThat(
            Chart.render("podSecurityContext.runAsUser=null").pod().map("spec", "securityContext"))
        .doesNotContainKey("runAsUser")
        .containsKey("runAsNonRoot");
  }

  /** A Service that selected the test's pod would send callers there. */
  @ParameterizedTest
  @ValueSource(ints = {62, 63})
  void noServiceSelectsThePodOfHelmTestUnderAnyName(int length) {
    String name = "n".repeat(57) + "-" + "n".repeat(length - 58);
    Rendered objects = Chart.render("nameOverride=" + name, "fullnameOverride=f");

    assertThat(objects.the("Pod/f-test").text("metadata", "labels", "app.kubernetes.io/name"))
        .isNotEqualTo(objects.the("Service/f").text("spec", "selector", "app.kubernetes.io/name"))
        .matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  }

  @Test
  void helmTestReadsTheStatusThroughTheService() {
    Manifest test = byDefault.the("Pod/pushfanout-test");

    assertThat(test.map("metadata", "annotations")).containsEntry("helm.sh/hook", "test");
    assertThat(test.at("spec", "containers", 0, "args"))
        .isEqualTo(List.of("status", "--server=http://pushfanout.pushfanout.svc:8080"));
    assertThat(test.map("metadata", "labels"))
        .as("no Service selects it")
        .containsEntry("app.kubernetes.io/name", "pushfanout-test");
    assertThat(Chart.render("helmTest.enabled=false").ids()).doesNotContain("Pod/pushfanout-test");
  }

  @ParameterizedTest
  @CsvSource({
    "crds.install, CustomResourceDefinition/pushfanouts.pushfanout.io",
    "serviceAccount.create, ServiceAccount/pushfanout",
    "rbac.aggregate, ClusterRole/pushfanout-pushfanout-edit",
    "podDisruptionBudget.enabled, PodDisruptionBudget/pushfanout",
    "headlessService.enabled, Service/pushfanout-headless",
    "autoscaling.enabled, HorizontalPodAutoscaler/pushfanout",
    "networkPolicy.enabled, NetworkPolicy/pushfanout",
    "serviceMonitor.enabled, ServiceMonitor/pushfanout",
    "prometheusRule.enabled, PrometheusRule/pushfanout",
    "dashboard.enabled, ConfigMap/pushfanout-dashboard",
    "defaultFanout.create, PushFanout/default",
  })
  void aSwitchAddsItsObjectAndNothingElse(String name, String object) {
    boolean isDefault = byDefault.ids().contains(object);
    List<String> other = Chart.render(name + "=" + !isDefault).ids();
    List<String> on = new ArrayList<>(isDefault ? byDefault.ids() : other);
    List<String> off = isDefault ? other : byDefault.ids();

    assertThat(on).containsAll(off).contains(object);
    assertThat(off).doesNotContain(object);
    on.removeAll(off);
    assertThat(on).allMatch(added -> added.startsWith(object.replaceFirst("/.*", "/")));
  }

  /** Meshes and gateways read the protocol of a port from these fields. */
  @ParameterizedTest
  @CsvSource({
    "replicaCount=2, kubernetes.io/h2c, http",
    "tls.existingSecret=server, https, http",
    "'tls.existingSecret=server,tls.http=true', https, https",
  })
  void thePortsOfTheServicesNameTheirProtocol(String values, String grpc, String http) {
    Rendered objects = Chart.render("headlessService.enabled=true", values);

    assertThat(objects.the("Service/pushfanout").maps("spec", "ports"))
        .extracting(port -> port.get("name"), port -> port.get("appProtocol"))
        .containsExactly(tuple("grpc", grpc), tuple("http", http));
    assertThat(objects.the("Service/pushfanout-headless").maps("spec", "ports"))
        .extracting(port -> port.get("name"), port -> port.get("appProtocol"))
        .containsExactly(tuple("grpc", grpc));
  }

  @Test
  void theBudgetNeverBlocksASingleReplica() {
    Map<String, Object> budget =
        Chart.render("replicaCount=1").the("PodDisruptionBudget/pushfanout").map("spec");

    assertThat(budget).containsEntry("maxUnavailable", 1).doesNotContainKey("minAvailable");
  }

  @Test
  void anAutoscalerHasTheReplicasForItself() {
    Rendered objects = Chart.render("autoscaling.enabled=true");

    assertThat(objects.deployment().map("spec")).doesNotContainKey("replicas");
    for (String none : List.of("replicaCount=null", "replicaCount=")) {
      assertThat(Chart.render(none).deployment().map("spec"))
          .as("another party has them")
          .doesNotContainKey("replicas");
    }
    assertThat(objects.the("HorizontalPodAutoscaler/pushfanout").map("spec"))
        .containsEntry("minReplicas", 2)
        .containsEntry("maxReplicas", 10)
        .containsEntry(
            "scaleTargetRef",
            Map.of("apiVersion", "apps/v1", "kind", "Deployment", "name", "pushfanout"));
  }

  @Test
  void everySelectorOfPodsSelectsOurs() {
    Rendered objects =
        Chart.render(
            "headlessService.enabled=true", "networkPolicy.enabled=true", "podLabels.team=push");
    Map<String, Object> labels = objects.pod().map("metadata", "labels");

    assertThat(labels).containsEntry("team", "push");
    for (Object[] path :
        List.of(
            new Object[] {"Deployment/pushfanout", "spec", "selector", "matchLabels"},
            new Object[] {"Service/pushfanout", "spec", "selector"},
            new Object[] {"Service/pushfanout-headless", "spec", "selector"},
            new Object[] {"PodDisruptionBudget/pushfanout", "spec", "selector", "matchLabels"},
            new Object[] {"NetworkPolicy/pushfanout", "spec", "podSelector", "matchLabels"})) {
      Object[] inside = List.of(path).subList(1, path.length).toArray();
      Map<String, Object> selector = objects.the((String) path[0]).map(inside);
      assertThat(selector).as((String) path[0]).hasSize(2);
      assertThat(labels.entrySet()).containsAll(selector.entrySet());
    }
  }

  @Test
  void theNetworkPolicyNamesTheAllowedPeersOfBothDirections() {
    Rendered open = Chart.render("networkPolicy.enabled=true");
    assertThat(open.the("NetworkPolicy/pushfanout").content().get("spec"))
        .extracting("policyTypes", "ingress")
        .containsExactly(
            List.of("Ingress"),
            List.of(
                Map.of("ports", List.of(Map.of("port", "grpc"))),
                Map.of("ports", List.of(Map.of("port", "http")))));

    Rendered closed =
        Chart.render(
            "networkPolicy.enabled=true",
            "networkPolicy.httpFrom[0].namespaceSelector.matchLabels.team=monitoring",
            "networkPolicy.egress[0].ports[0].port=53");
    Manifest policy = closed.the("NetworkPolicy/pushfanout");
    assertThat(policy.list("spec", "policyTypes")).isEqualTo(List.of("Ingress", "Egress"));
    assertThat(policy.at("spec", "ingress", 0, "from")).isNull();
    assertThat(policy.at("spec", "ingress", 1, "from", 0, "namespaceSelector", "matchLabels"))
        .isEqualTo(Map.of("team", "monitoring"));
    assertThat(policy.at("spec", "egress", 0, "ports", 0, "port")).isEqualTo(53);
  }

  @Test
  void longNamesAreCutAndTwoReleasesShareNothing() {
    String longName = "a".repeat(50) + "--b";
    Rendered one = Rendered.of(Chart.template(longName, "one"));
    Rendered two = Rendered.of(Chart.template(longName, "two", "crds.install=false"));

    assertThat(one.objects())
        .allMatch(object -> object.name().length() <= 63 || isClusterWide(object))
        .noneMatch(object -> object.name().endsWith("-"));
    assertThat(clusterWide(one)).isNotEmpty().doesNotContainAnyElementsOf(clusterWide(two));
  }

  @ParameterizedTest
  @CsvSource({
    "c, a-b, b-c, a",
    "pushfanout, a-b, b-pushfanout, a",
    "pushfanout, n, pushfanout-view, n"
  })
  void noTwoReleasesHaveOneNameOutsideOfNamespaces(
      String release, String namespace, String other, String elsewhere) {
    Rendered one = Rendered.of(Chart.template(release, namespace, "rbac.aggregate=true"));
    Rendered two =
        Rendered.of(Chart.template(other, elsewhere, "rbac.aggregate=true", "crds.install=false"));

    assertThat(clusterWide(one)).hasSize(7).doesNotContainAnyElementsOf(clusterWide(two));
  }

  /** A release name may be a commit's hash, while a Service's name must begin with a letter. */
  @Test
  void aReleaseWhoseNameBeginsWithADigitHasServicesThatBeginWithALetter() {
    Rendered objects =
        Rendered.of(Chart.template("9pf", Chart.NAMESPACE, "headlessService.enabled=true"));

    assertThat(objects.ids())
        .contains(
            "Deployment/9pf-pushfanout",
            "Service/pf-9pf-pushfanout",
            "Service/pf-9pf-pushfanout-headless");
  }

  private static List<String> clusterWide(Rendered objects) {
    return objects.objects().stream()
        .filter(ChartObjectsIT::isClusterWide)
        .map(Manifest::id)
        .toList();
  }

  private static boolean isClusterWide(Manifest object) {
    return object.kind().startsWith("Cluster");
  }

  @Test
  void theCrdIsTheOneInCrdsAndOutlivesTheRelease() throws Exception {
    Manifest ours = crd(byDefault);
    Manifest unkept = crd(Chart.render("crds.keep=false"));

    // Helm writes 1.0 as 1; JSON treats both as equal.
    assertThat(new JsonObject(ours.map("spec")))
        .isEqualTo(new JsonObject(Crd.manifest().map("spec")));
    assertThat(ours.map("metadata", "annotations"))
        .containsEntry("helm.sh/resource-policy", "keep")
        .containsAllEntriesOf(Crd.manifest().map("metadata", "annotations"));
    assertThat(unkept.map("metadata", "annotations")).doesNotContainKey("helm.sh/resource-policy");
  }

  private static Manifest crd(Rendered objects) {
    return objects.the("CustomResourceDefinition/pushfanouts.pushfanout.io");
  }
}
