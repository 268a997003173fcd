package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.kube.Cluster;
import io.pushfanout.kube.Kubectl;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The pods in a namespace that enforces the restricted Pod Security Standard. */
@ResourceLock(Cluster.LOCK)
class PodSecurityIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  @BeforeEach
  void enforce() {
    cluster
        .kubectl()
        .run(
            "label",
            "namespace",
            cluster.namespace(),
            "pod-security.kubernetes.io/enforce=restricted")
        .ok();
  }

  @Test
  void theChartsPodIsAdmitted() {
    assertThat(create().ok()).isEqualTo("pod/pushfanout created (server dry run)\n");
    assertThat(create("etcd.tls.existingSecret=certificates").exit()).isZero();
    assertThat(create("auth.mode=tokens", "auth.tokens.existingSecret=callers").exit()).isZero();
  }

  @Test
  void aPodWithMoreRightsIsNot() {
    for (String value :
        new String[] {
          "securityContext.capabilities=null",
          "securityContext.allowPrivilegeEscalation=true",
          "podSecurityContext.runAsNonRoot=false",
          "podSecurityContext.seccompProfile=null",
        }) {
      Kubectl.Answer refused = create(value);

      assertThat(refused.exit()).as(value).isNotZero();
      assertThat(refused.err()).contains("violates PodSecurity \"restricted:latest\"");
    }
  }

  /** Creates the pod of the Deployment's template, because no controller here creates pods. */
  private static Kubectl.Answer create(String... values) {
    Manifest template =
        Rendered.of(Chart.template(Chart.RELEASE, cluster.namespace(), values)).pod();
    Map<String, Object> pod =
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            "Pod",
            "metadata",
            Map.of("name", "pushfanout", "namespace", cluster.namespace()),
            "spec",
            template.map("spec"));
    return cluster
        .kubectl()
        .runWith(
            new JsonObject(pod).encode(),
            "create",
            "--dry-run=server",
            "--validate=strict",
            "-f",
            "-");
  }
}
