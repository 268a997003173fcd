package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Updates of the Deployment, which must end from every initial state. */
class ChartUpdateIT {
  private static final String CLAIM = "stateDir.existingClaim=kept";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          replicaCount=2                              | 1   | 0
          stateDir.existingClaim=kept                 | 1   | 0
          stateDir.existingClaim=kept,replicaCount=1  | 0   | 1
          stateDir.existingClaim=kept,replicaCount=null | 0 | 1
          stateDir.existingClaim=kept,stateDir.enabled=false,replicaCount=1 | 1 | 0
          stateDir.existingClaim=kept,replicaCount=1,strategy.rollingUpdate.maxUnavailable=0 | 1 | 0
          podAntiAffinity=required                    | 1   | 0
          strategy.rollingUpdate.maxSurge=3           | 3   | 0
          strategy.rollingUpdate.maxSurge=25%         | 25% | 0
          strategy.rollingUpdate.maxSurge=0           | 0   | 1
          strategy.rollingUpdate.maxUnavailable=1     | 1   | 1
          """)
  void aRollingUpdateEnds(String values, String surge, String unavailable) {
    Map<String, Object> strategy = Chart.render(values).deployment().map("spec", "strategy");

    assertThat(strategy).containsEntry("type", "RollingUpdate");
    assertThat(strategy.get("rollingUpdate"))
        .hasToString("{maxSurge=%s, maxUnavailable=%s}".formatted(surge, unavailable));
  }

  @Test
  void recreateHasNoBounds() {
    assertThat(Chart.render("strategy.type=Recreate", CLAIM).deployment().map("spec", "strategy"))
        .isEqualTo(Map.of("type", "Recreate"));
  }

  /** With one Kubernetes node for each replica, a pod of the next version has no free node. */
  @Test
  void theAntiAffinityIsOfOneVersionOrAReplicaGoesFirst() {
    Manifest term = antiAffinity(Chart.render("podAntiAffinity=required"));
    assertThat(term.at("matchLabelKeys")).isEqualTo(List.of("pod-template-hash"));

    Rendered older =
        Rendered.of(
            Chart.ok(
                List.of(
                    "template",
                    "pushfanout",
                    Chart.HOME.toString(),
                    "--kube-version=1.30.2",
                    "--set=podAntiAffinity=required")));
    assertThat(antiAffinity(older).content()).doesNotContainKey("matchLabelKeys");
    assertThat(older.deployment().map("spec", "strategy", "rollingUpdate"))
        .isEqualTo(Map.of("maxSurge", 0, "maxUnavailable", 1));
  }

  private static Manifest antiAffinity(Rendered objects) {
    return new Manifest(
        objects
            .pod()
            .map(
                "spec",
                "affinity",
                "podAntiAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution",
                0));
  }

  @ParameterizedTest
  @CsvSource({
    "podDisruptionBudget.minAvailable=1, minAvailable, 1",
    "podDisruptionBudget.minAvailable=50%, minAvailable, 50%",
    "podDisruptionBudget.maxUnavailable=25%, maxUnavailable, 25%",
  })
  void theBudgetHasOneBound(String value, String bound, String number) {
    Map<String, Object> budget =
        Chart.render(value).the("PodDisruptionBudget/pushfanout").map("spec");

    assertThat(String.valueOf(budget.get(bound))).isEqualTo(number);
    assertThat(budget).hasSize(3);
  }
}
