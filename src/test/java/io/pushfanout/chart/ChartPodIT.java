package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Deployment and its pods. */
class ChartPodIT {
  private static Rendered byDefault;

  @BeforeAll
  static void render() {
    byDefault = Chart.render();
  }

  @Test
  void thePodFitsTheRestrictedStandard() {
    Map<String, Object> pod = byDefault.pod().map("spec", "securityContext");
    assertThat(pod)
        .containsEntry("runAsNonRoot", true)
        .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
    assertThat((Integer) pod.get("runAsUser")).isPositive();

    assertThat(byDefault.container("securityContext"))
        .isEqualTo(
            Map.of(
                "allowPrivilegeEscalation", false,
                "readOnlyRootFilesystem", true,
                "capabilities", Map.of("drop", List.of("ALL"))));
    assertThat(byDefault.pod().maps("spec", "volumes"))
        .containsExactly(
            Map.of("name", "tmp", "emptyDir", Map.of("sizeLimit", "64Mi")),
            Map.of("name", "state", "emptyDir", Map.of("sizeLimit", "256Mi")));
  }

  @Test
  void theStateLiesInAVolumeThatCanOutliveThePodOrNowhere() {
    Rendered claimed = Chart.render("stateDir.existingClaim=kept");
    Rendered without = Chart.render("stateDir.enabled=false");

    assertThat(claimed.pod().maps("spec", "volumes"))
        .contains(Map.of("name", "state", "persistentVolumeClaim", Map.of("claimName", "kept")));
    assertThat(claimed.container("volumeMounts"))
        .isEqualTo(
            List.of(
                Map.of("name", "tmp", "mountPath", "/tmp"),
                Map.of("name", "state", "mountPath", "/var/lib/pushfanout")));
    assertThat(without.pod().maps("spec", "volumes")).hasSize(1);
    assertThat(without.arguments()).noneMatch(argument -> argument.startsWith("--state-dir"));
  }

  @Test
  void nothingOfTheHostIsTheirs() {
    Rendered objects =
        Chart.render(
            "auth.mode=tokens",
            "auth.tokens.existingSecret=callers",
            "etcd.tls.existingSecret=certificates");

    assertThat(objects.pod().map("spec"))
        .doesNotContainKeys("hostNetwork", "hostPID", "hostIPC", "hostAliases", "initContainers");
    assertThat(objects.pod().maps("spec", "volumes"))
        .hasSize(4)
        .allMatch(volume -> volume.containsKey("secret") || volume.containsKey("emptyDir"));
    assertThat(objects.pod().maps("spec", "containers", 0, "ports"))
        .hasSize(2)
        .allMatch(port -> !port.containsKey("hostPort"));
    assertThat(objects.pod().maps("spec", "containers", 0, "volumeMounts"))
        .filteredOn(mount -> !List.of("tmp", "state").contains(String.valueOf(mount.get("name"))))
        .allMatch(mount -> Boolean.TRUE.equals(mount.get("readOnly")));
  }

  @Test
  void serviceLinksAndHooksThatWouldBreakItAreNotThere() {
    assertThat(byDefault.pod().map("spec"))
        .containsEntry("enableServiceLinks", false)
        .containsEntry("automountServiceAccountToken", true);
    assertThat(byDefault.container("lifecycle")).as("the server waits by itself").isNull();
    assertThat(byDefault.the("ServiceAccount/pushfanout").content())
        .containsEntry("automountServiceAccountToken", false);
  }

  @Test
  void anUpdateTakesNoReplicaAwayBeforeTheNextIsReady() {
    assertThat(byDefault.deployment().map("spec", "strategy"))
        .isEqualTo(
            Map.of(
                "type",
                "RollingUpdate",
                "rollingUpdate",
                Map.of("maxSurge", 1, "maxUnavailable", 0)));
    assertThat(byDefault.deployment().at("spec", "replicas")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "5s, 60s, 80",
    "500ms, 1m, 76",
    "0s, 0s, 15",
    "1m30s, 1h0m1ms, 3706",
    "010s, 1m0s5ms, 86",
  })
  void theGracePeriodIsBothDurationsRoundedUpAndFifteenSeconds(
      String delay, String timeout, int seconds) {
    Rendered objects = Chart.render("shutdownDelay=" + delay, "shutdownTimeout=" + timeout);

    assertThat(objects.pod().at("spec", "terminationGracePeriodSeconds")).isEqualTo(seconds);
    assertThat(objects.arguments())
        .contains("--shutdown-delay=" + delay, "--shutdown-timeout=" + timeout);
  }

  @Test
  void theHeapAndDirectMemoryLeaveRoomInTheLimit() {
    assertThat(byDefault.container("command"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .startsWith(
            "java",
            "@/opt/pushfanout/bin/jvm.options",
            "-XX:AOTCache=/opt/pushfanout/pushfanout.aot")
        .contains("-XX:MaxRAMPercentage=60", "-XX:MaxDirectMemorySize=128m")
        .endsWith("-jar", "/opt/pushfanout/pushfanout.jar");
    assertThat(byDefault.container("resources"))
        .isEqualTo(
            Map.of(
                "requests",
                Map.of("cpu", "500m", "memory", "1Gi", "ephemeral-storage", "128Mi"),
                "limits",
                Map.of("memory", "1Gi", "ephemeral-storage", "1Gi")));
    assertThat(
            Chart.render("resources.limits=null", "jvmOptions={-Xmx600m}").container("resources"))
        .isEqualTo(
            Map.of(
                "requests", Map.of("cpu", "500m", "memory", "1Gi", "ephemeral-storage", "128Mi")));
  }

  @Test
  void theImageIsThatOfTheChartsVersionUnlessAValueNamesAnother() {
    String digest = "sha256:" + "0".repeat(64);
    assertThat(byDefault.container("image")).isEqualTo("pushfanout:" + chartVersion());
    assertThat(Chart.render("image.repository=r.example:5000/p", "image.tag=t").container("image"))
        .isEqualTo("r.example:5000/p:t");
    assertThat(Chart.render("image.tag=t", "image.digest=" + digest).container("image"))
        .isEqualTo("pushfanout@" + digest);
  }

  @Test
  void spreadAndAffinityGoTogetherWithOnesOwn() {
    Rendered objects =
        Chart.render(
            "podAntiAffinity=required",
            "topologySpread.whenUnsatisfiable=DoNotSchedule",
            "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
                + "[0].matchExpressions[0].key=push");

    Manifest pod = objects.pod();
    assertThat(pod.map("spec", "affinity")).containsOnlyKeys("nodeAffinity", "podAntiAffinity");
    assertThat(
            pod.at(
                "spec",
                "affinity",
                "podAntiAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution",
                0,
                "topologyKey"))
        .isEqualTo("kubernetes.io/hostname");
    assertThat(pod.maps("spec", "topologySpreadConstraints"))
        .extracting(constraint -> constraint.get("topologyKey"))
        .containsExactly("topology.kubernetes.io/zone", "kubernetes.io/hostname");
    assertThat(pod.at("spec", "topologySpreadConstraints", 0, "whenUnsatisfiable"))
        .isEqualTo("DoNotSchedule");
    assertThat(byDefault.pod().map("spec")).doesNotContainKey("affinity");
    assertThat(Chart.render("topologySpread.enabled=false").pod().map("spec"))
        .doesNotContainKey("topologySpreadConstraints");
  }

  @Test
  void certificatesAreMountedAsFoldersThatAreRenewed() {
    Rendered objects =
        Chart.render(
            "tls.existingSecret=server",
            "tls.clientCaSecret=callers",
            "tls.clientCrlSecret=revoked");

    assertThat(objects.pod().maps("spec", "volumes"))
        .contains(
            Map.of("name", "tls", "secret", keySecret("server", "tls.crt", "tls.key")),
            Map.of("name", "client-ca", "secret", secret("callers", "ca.crt")),
            Map.of("name", "client-crl", "secret", secret("revoked", "ca.crl")));
    assertThat(objects.container("volumeMounts"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .contains(
            Map.of("name", "tls", "mountPath", "/etc/pushfanout/tls", "readOnly", true),
            Map.of("name", "client-ca", "mountPath", "/etc/pushfanout/client-ca", "readOnly", true),
            Map.of(
                "name", "client-crl", "mountPath", "/etc/pushfanout/client-crl", "readOnly", true));
    assertThat(scheme(objects, "readinessProbe")).as("HTTP without tls.http").isNull();
  }

  /** Returns a Secret volume with a private key, readable by the pod's group alone. */
  private static Map<String, Object> keySecret(String name, String... keys) {
    Map<String, Object> secret = new HashMap<>(secret(name, keys));
    secret.put("defaultMode", 0440);
    return secret;
  }

  private static Map<String, Object> secret(String name, String... keys) {
    return Map.of(
        "secretName",
        name,
        "items",
        Stream.of(keys).map(key -> Map.of("key", key, "path", key)).toList());
  }

  @Test
  void readersOfTheHttpPortUseTls() {
    Rendered objects =
        Chart.render(
            "tls.existingSecret=server",
            "tls.http=true",
            "serviceMonitor.enabled=true",
            "serviceMonitor.tlsConfig.serverName=push.example");

    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(scheme(objects, probe)).as(probe).isEqualTo("HTTPS");
    }
    assertThat(objects.the("ServiceMonitor/pushfanout").map("spec", "endpoints", 0))
        .containsEntry("scheme", "https")
        .containsEntry("tlsConfig", Map.of("serverName", "push.example"));
    assertThat(
            Chart.render("serviceMonitor.enabled=true")
                .the("ServiceMonitor/pushfanout")
                .map("spec", "endpoints", 0))
        .doesNotContainKeys("scheme", "tlsConfig");
  }

  private static @Nullable Object scheme(Rendered objects, String probe) {
    return objects.pod().at("spec", "containers", 0, probe, "httpGet", "scheme");
  }

  private static Object chartVersion() {
    return Objects.requireNonNull(
        Yaml.documents(Chart.read("Chart.yaml")).getFirst().get("appVersion"));
  }
}
