package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** User-defined additions, which the chart puts beside the fields of its own objects. */
class ChartExtrasIT {
  @TempDir static Path folder;
  private static Rendered all;

  @BeforeAll
  static void render() throws Exception {
    all = Rendered.of(Everything.render(folder, "odd", "odd", Chart.NAMESPACE));
  }

  @Test
  void theContainerHasMoreArgumentsVariablesAndMounts() {
    assertThat(all.arguments())
        .contains(
            "--replica-name=odd",
            "--allow-host=push.example.com,*.push.example.com",
            "--http-allow-origin=https://*.example.com");
    assertThat(list("env"))
        .contains(Map.of("name", "HTTPS_PROXY", "value", "odd"))
        .hasSizeGreaterThan(3);
    assertThat(list("envFrom")).hasSize(1);
    assertThat(list("volumeMounts"))
        .contains(
            Map.of("name", "trust", "mountPath", "/etc/trust", "readOnly", true),
            Map.of("name", "tmp", "mountPath", "/tmp"));
    assertThat(all.container("lifecycle"))
        .isEqualTo(Map.of("postStart", Map.of("sleep", Map.of("seconds", 1))));
  }

  private static List<Map<String, Object>> list(String field) {
    return all.pod().maps("spec", "containers", 0, field);
  }

  @Test
  void thePodHasMoreContainersVolumesAndSettings() {
    Manifest pod = all.pod();

    assertThat(pod.maps("spec", "containers"))
        .extracting(container -> container.get("name"))
        .containsExactly("pushfanout", "agent");
    assertThat(pod.at("spec", "initContainers", 0, "name")).isEqualTo("before");
    assertThat(pod.maps("spec", "volumes"))
        .extracting(volume -> volume.get("name"))
        .contains("tmp", "trust");
    assertThat(pod.map("spec"))
        .containsEntry("runtimeClassName", "odd")
        .containsKeys("hostAliases", "dnsConfig");
    assertThat(all.deployment().at("spec", "revisionHistoryLimit")).isEqualTo(3);
  }

  @Test
  void timingsOfProbesLeaveTheOthersAsTheyAre() {
    assertThat(all.container("startupProbe"))
        .isEqualTo(
            Map.of(
                "httpGet",
                Map.of("path", "/livez", "port", "http", "scheme", "HTTPS"),
                "periodSeconds",
                2,
                "failureThreshold",
                60));
    assertThat(all.pod().at("spec", "containers", 0, "readinessProbe", "initialDelaySeconds"))
        .isEqualTo(3);
  }

  /**
   * Helm, kustomize and Flux treat duplicate keys differently, so the chart renders each key once.
   */
  @Test
  void ofLabelsThatAreGivenTwiceTheNearerCounts() {
    assertThat(all.pod().map("metadata", "labels"))
        .containsEntry("team", "mine")
        .containsEntry("example.com/release", "odd")
        .containsEntry("app.kubernetes.io/instance", "odd");
    for (String object :
        List.of(
            "Service/odd",
            "PushFanout/odd",
            "ServiceMonitor/odd",
            "PrometheusRule/odd",
            "ConfigMap/odd-dashboard")) {
      assertThat(all.the(object).map("metadata", "labels"))
          .as(object)
          .containsEntry("team", "mine")
          .containsKeys("app.kubernetes.io/name", "app.kubernetes.io/version");
    }
  }

  /** A file of values sets a key to null to remove the key of an earlier file. */
  @Test
  void aNullRemovesItsKey() {
    assertThat(all.the("Service/odd").map("metadata", "labels")).doesNotContainKey("removed");
    assertThat(all.pod().map("metadata", "annotations")).doesNotContainKey("example.com/removed");
    assertThat(all.container("readinessProbe")).asString().doesNotContain("successThreshold");
    assertThat(all.deployment().at("spec", "strategy", "rollingUpdate", "maxSurge")).isEqualTo(1);
    assertThat(all.the("PrometheusRule/odd").maps("spec", "groups", 0, "rules"))
        .filteredOn(rule -> "PushFanoutEvicting".equals(rule.get("alert")))
        .singleElement()
        .satisfies(rule -> assertThat(rule).containsEntry("for", "1m"));
  }

  @Test
  void aTextArrivesAsItIs() {
    assertThat(all.pod().map("metadata", "annotations"))
        .containsEntry("example.com/signs", "a: \"b\" # {{ c }}\n\u0085\u2028é");
  }

  @Test
  void specsHaveMoreFields() {
    assertThat(all.the("Service/odd").map("spec")).containsEntry("sessionAffinity", "ClientIP");
    assertThat(all.the("Service/odd").at("spec", "ports", 0, "nodePort")).isEqualTo(30053);
    assertThat(all.pod().map("spec")).containsEntry("schedulerName", "odd");
    assertThat(all.deployment().map("spec")).containsEntry("minReadySeconds", 5);
  }

  /** Alerts compare the label {@code job} with the Deployment's name. */
  @Test
  void theJobIsTheDeploymentsNameAndNotTheServices() {
    assertThat(all.the("ServiceMonitor/odd").maps("spec", "endpoints", 0, "relabelings"))
        .startsWith(Map.of("targetLabel", "job", "replacement", "odd"))
        .hasSize(2);
  }

  @Test
  void theAffinityHasBothTerms() {
    assertThat(
            all.pod()
                .maps(
                    "spec",
                    "affinity",
                    "podAntiAffinity",
                    "preferredDuringSchedulingIgnoredDuringExecution"))
        .extracting(term -> term.get("weight"))
        .containsExactly(1, 100);
  }

  @Test
  void anAutoscalerScalesByTheGivenMetrics() {
    Manifest autoscaler = all.the("HorizontalPodAutoscaler/odd");

    assertThat(autoscaler.maps("spec", "metrics")).hasSize(1);
    assertThat(autoscaler.at("spec", "metrics", 0, "resource", "name")).isEqualTo("memory");
    assertThat(autoscaler.at("spec", "behavior", "scaleDown", "stabilizationWindowSeconds"))
        .isEqualTo(600);
  }

  @Test
  void moreObjectsAreTakenAsTheyAreAndTextsAreTemplates() {
    assertThat(all.the("ConfigMap/extra-map").at("data", "rule"))
        .isEqualTo("{{ $labels.pod }} is untouched");
    assertThat(all.the("ConfigMap/extra-text").at("metadata", "annotations", "release"))
        .isEqualTo("odd");
  }

  @Test
  void theHttpPortIsInNoServiceThatOthersReach() {
    Manifest service = all.the("Service/odd");

    assertThat(service.maps("spec", "ports"))
        .extracting(port -> port.get("name"))
        .containsExactly("grpc");
    assertThat(service.map("spec"))
        .containsEntry("ipFamilyPolicy", "PreferDualStack")
        .containsEntry("ipFamilies", List.of("IPv4", "IPv6"))
        .containsEntry("loadBalancerClass", "example.com/odd")
        .containsEntry("loadBalancerSourceRanges", List.of("10.0.0.0/8"))
        .containsEntry("externalTrafficPolicy", "Local");
    assertThat(all.the("Service/odd-http").map("spec")).containsEntry("type", "ClusterIP");
    assertThat(Chart.render("service.exposeHttp=false").ids())
        .filteredOn(id -> id.startsWith("Service/") || id.startsWith("Pod/"))
        .containsExactly("Service/pushfanout");
  }
}
