package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The values change alerts and dashboards. */
class ChartAlertsIT {
  private static final String RULE = "prometheusRule.";

  @Test
  void eachFieldOfAnAlertIsAValue() {
    Map<String, Object> alert =
        alert(
            "PushFanoutQueueFull",
            "alerts.PushFanoutQueueFull.threshold=0.25",
            "alerts.PushFanoutQueueFull.atLeast=77",
            "alerts.PushFanoutQueueFull.for=7m",
            "alerts.PushFanoutQueueFull.severity=page",
            "alerts.PushFanoutQueueFull.labels.team=push",
            "alerts.PushFanoutQueueFull.annotations.summary=full",
            "alerts.PushFanoutSlowNodes.threshold=0");

    assertThat(alert)
        .containsEntry("for", "7m")
        .containsEntry("labels", Map.of("severity", "page", "team", "push"));
    assertThat(new Manifest(alert).text("annotations", "summary")).isEqualTo("full");
    assertThat(text(alert, "expr")).contains("> 0.25\n").endsWith(">= 77\n");
    assertThat(text(alert("PushFanoutAbsent", "alerts.PushFanoutAbsent.lookback=2h"), "expr"))
        .contains("[2h]")
        .doesNotContain("1d");
  }

  @Test
  void anAlertCanBeLeftOut() {
    assertThat(names("alerts.PushFanoutEvicting.enabled=false"))
        .contains("PushFanoutShedding")
        .doesNotContain("PushFanoutEvicting")
        .hasSize(names().size() - 1);
  }

  @Test
  void everyAlertHasTheLabelsAndAnnotationsOfAll() {
    assertThat(rules("alertLabels.team=push", "alertAnnotations.board=b"))
        .allSatisfy(
            rule -> {
              assertThat(new Manifest(rule).map("labels")).containsEntry("team", "push");
              assertThat(new Manifest(rule).map("annotations")).containsEntry("board", "b");
            });
  }

  @Test
  void runbooksHaveTheirBaseFromAValue() {
    String[] elsewhere = {"runbookUrl=https://wiki.example/push"};

    assertThat(rules(elsewhere))
        .allSatisfy(
            rule ->
                assertThat(new Manifest(rule).text("annotations", "runbook_url"))
                    .startsWith("https://wiki.example/push#pushfanout"));
    assertThat(rules("runbookUrl="))
        .allSatisfy(
            rule ->
                assertThat(new Manifest(rule).map("annotations")).doesNotContainKey("runbook_url"));
    assertThat(
            Chart.render("dashboard.enabled=true", RULE + elsewhere[0])
                .the("ConfigMap/pushfanout-dashboard")
                .map("data"))
        .containsOnlyKeys("pushfanout.json", "pushfanout-node.json")
        .allSatisfy(
            (_, board) ->
                assertThat((String) board)
                    .contains("https://wiki.example/push")
                    .doesNotContain("docs/runbooks.md"));
  }

  @Test
  void matchersAreInEverySelector() {
    assertThat(rules("matchers=cluster=\"a\"\\,namespace=\"push\""))
        .allSatisfy(
            rule ->
                assertThat(
                        text(rule, "expr")
                            .replaceAll("kube_deployment\\w+", "")
                            .replaceAll("(pushfanout|jvm|process)_\\w+|\\bup(?=\\{)", "#"))
                    .doesNotContainPattern("#(?!\\{[^}]*cluster=\"a\",namespace=\"push\")"));
  }

  @Test
  void labelsOfReplicasAreAValue() {
    assertThat(text(alert("PushFanoutSlowNodes", "replicaLabels={pod,host}"), "expr"))
        .contains("max without (pod, host) (");
  }

  @Test
  void rulesOfOnesOwnAreAGroupOfTheirOwn() {
    Rendered objects =
        Chart.render(
            RULE + "enabled=true",
            RULE + "extraRules[0].alert=Quiet",
            RULE + "extraRules[0].expr=vector(1)");

    assertThat(objects.the("PrometheusRule/pushfanout").maps("spec", "groups"))
        .extracting(group -> group.get("name"))
        .containsExactly("pushfanout", "pushfanout-extra");
  }

  @ParameterizedTest
  @CsvSource({
    "alerts.Unknown.for=1m, 'prometheusRule.alerts.Unknown: is none of PushFanoutAbsent, '",
    "alerts.PushFanoutAbsent.threshold=1, 'prometheusRule.alerts.PushFanoutAbsent.threshold: has no use'",
    "alerts.PushFanoutAbsent.color=red, 'additional properties'",
    "alerts.PushFanoutAbsent.for=soon, 'does not match pattern'",
    "alerts.PushFanoutAbsent.lookback=0s, 'at ''/prometheusRule/alerts/PushFanoutAbsent/lookback'''",
    "alerts.PushFanoutAbsent.labels.a b=c, 'at ''/prometheusRule/alerts/PushFanoutAbsent/labels'''",
    "alertLabels.severity=page, 'at ''/prometheusRule/alertLabels'''",
    "extraRules[0].alert=Quiet, 'missing property ''expr'''",
    "alerts.PushFanoutSlowNodes.threshold=few, 'does not match pattern'",
    "alerts.PushFanoutSlowNodes.threshold=-1, 'minimum'",
    "matchers=cluster, 'does not match pattern'",
    "runbookUrl=docs/runbooks.md, 'does not match pattern'",
    "replicaLabels={a b}, 'does not match pattern'",
  })
  void valuesOutOfBoundsAreRefused(String value, String message) {
    Chart.Run run =
        Chart.tryTemplate(Chart.RELEASE, Chart.NAMESPACE, RULE + "enabled=true", RULE + value);

    assertThat(run.code()).isNotZero();
    assertThat(run.err()).contains(message);
  }

  private static Map<String, Object> alert(String name, String... values) {
    return rules(values).stream()
        .filter(r -> name.equals(r.get("alert")))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> names(String... values) {
    return rules(values).stream().map(rule -> text(rule, "alert")).toList();
  }

  private static List<Map<String, Object>> rules(String... values) {
    List<String> all = new ArrayList<>(List.of(RULE + "enabled=true"));
    for (String value : values) {
      all.add(RULE + value);
    }
    Manifest rule = Chart.render(all.toArray(String[]::new)).the("PrometheusRule/pushfanout");
    return new Manifest(rule.maps("spec", "groups").getFirst()).maps("rules");
  }

  private static String text(Map<String, Object> rule, String field) {
    return String.valueOf(rule.get(field));
  }
}
