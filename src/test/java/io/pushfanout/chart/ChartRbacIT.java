package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exact permissions of the server. */
class ChartRbacIT {
  private static final List<Map<String, Object>> LEASES =
      List.of(
          rule(
              "coordination.k8s.io",
              "leases",
              "get",
              "list",
              "create",
              "update",
              "patch",
              "delete"));

  private static final List<Map<String, Object>> WATCHED =
      List.of(
          rule("pushfanout.io", "pushfanouts", "get", "list", "watch"),
          rule("pushfanout.io", "pushfanouts/status", "patch"),
          rule("", "events", "create"));

  private static Map<String, Object> rule(String group, String resource, String... verbs) {
    return Map.of(
        "apiGroups", List.of(group), "resources", List.of(resource), "verbs", List.of(verbs));
  }

  @Test
  void ofAllNamespacesItSeesPushFanoutsAndOfItsOwnTheLeases() {
    Rendered objects = Chart.render("auth.mode=none");

    assertThat(roles(objects))
        .containsExactlyInAnyOrder(
            "Role pushfanout/pushfanout-leases", "ClusterRole null/pushfanout-pushfanout");
    assertThat(objects.the("Role/pushfanout-leases").maps("rules")).isEqualTo(LEASES);
    assertThat(objects.the("ClusterRole/pushfanout-pushfanout").maps("rules")).isEqualTo(WATCHED);
    eachIsBoundToOurServiceAccount(objects, "pushfanout");
  }

  @Test
  void ofSomeNamespacesItSeesNoOthers() {
    Rendered objects =
        Chart.render(
            "watchNamespaces={acme,globex}", "serviceAccount.name=pusher", "auth.mode=none");

    assertThat(roles(objects))
        .containsExactlyInAnyOrder(
            "Role pushfanout/pushfanout-leases",
            "Role acme/pushfanout-pushfanout",
            "Role globex/pushfanout-pushfanout");
    assertThat(objects.objects())
        .filteredOn(object -> object.id().equals("Role/pushfanout-pushfanout"))
        .allSatisfy(role -> assertThat(role.maps("rules")).isEqualTo(WATCHED));
    eachIsBoundToOurServiceAccount(objects, "pusher");
  }

  @Test
  void itSeesEndpointSlicesWhereTheSwitchIsOn() {
    Map<String, Object> slices = rule("discovery.k8s.io", "endpointslices", "list", "watch");
    Rendered everywhere = Chart.render("discovery.endpointSlices=true");
    Rendered somewhere = Chart.render("discovery.endpointSlices=true", "watchNamespaces={acme}");

    assertThat(everywhere.the("ClusterRole/pushfanout-pushfanout").maps("rules"))
        .containsAll(WATCHED)
        .contains(slices)
        .hasSize(WATCHED.size() + 1);
    assertThat(somewhere.the("Role/pushfanout-pushfanout").maps("rules")).contains(slices);
  }

  @Test
  void itMayReviewCallersThatTheClusterAuthenticates() {
    Rendered objects = Chart.render("watchNamespaces={acme}");

    assertThat(objects.the("ClusterRole/pushfanout-pushfanout-reviews").maps("rules"))
        .containsExactly(
            rule("authentication.k8s.io", "tokenreviews", "create"),
            rule("authorization.k8s.io", "subjectaccessreviews", "create"));
    Manifest binding = objects.the("ClusterRoleBinding/pushfanout-pushfanout-reviews");
    assertThat(binding.text("roleRef", "name")).isEqualTo("pushfanout-pushfanout-reviews");
    assertThat(binding.maps("subjects"))
        .containsExactly(
            Map.of("kind", "ServiceAccount", "name", "pushfanout", "namespace", "pushfanout"));
    for (String mode : List.of("none", "mtls", "tokens")) {
      Rendered rendered =
          Chart.render(
              "auth.mode=" + mode,
              "auth.tokens.existingSecret=callers",
              "tls.existingSecret=server",
              "tls.clientCaSecret=authority");
      assertThat(rendered.ids()).as(mode).noneMatch(id -> id.matches(".*-(reviews|broadcaster)"));
    }
  }

  @Test
  void theRightToBroadcastIsARoleWithoutSubjects() {
    Rendered objects = Chart.render();

    assertThat(objects.the("ClusterRole/pushfanout-pushfanout-broadcaster").maps("rules"))
        .containsExactly(rule("pushfanout.io", "pushfanouts/broadcast", "create"));
    assertThat(objects.objects())
        .extracting(object -> object.text("roleRef", "name"))
        .doesNotContain("pushfanout-pushfanout-broadcaster");
  }

  @ParameterizedTest
  @ValueSource(strings = {"auth.mode=kubernetes", "watchNamespaces={acme}", "rbac.aggregate=true"})
  void noRuleHasAWildcardOrReadsSecretsOrGivesMoreRights(String value) {
    List<Map<String, Object>> rules =
        Chart.render(value).objects().stream()
            .filter(object -> object.kind().endsWith("Role"))
            .flatMap(role -> role.maps("rules").stream())
            .toList();

    assertThat(rules).isNotEmpty();
    for (Map<String, Object> rule : rules) {
      assertThat(new JsonObject(rule).encode())
          .doesNotContain("*")
          .doesNotContain("secrets", "\"pods", "impersonate", "escalate", "\"bind\"", "nodes")
          .doesNotContain("nonResourceURLs");
    }
  }

  @Test
  void withoutRolesThereAreNone() {
    assertThat(Chart.render("rbac.create=false").ids())
        .noneMatch(id -> id.contains("Role"))
        .contains("ServiceAccount/pushfanout");
  }

  @Test
  void editorsOfANamespaceMayEditItsPushFanoutsWhereThatIsWanted() {
    Rendered objects = Chart.render("rbac.aggregate=true", "rbac.create=false");

    Manifest view = objects.the("ClusterRole/pushfanout-pushfanout-view");
    Manifest edit = objects.the("ClusterRole/pushfanout-pushfanout-edit");
    assertThat(view.map("metadata", "labels"))
        .containsEntry("rbac.authorization.k8s.io/aggregate-to-view", "true");
    assertThat(edit.map("metadata", "labels"))
        .containsEntry("rbac.authorization.k8s.io/aggregate-to-edit", "true");
    assertThat(view.maps("rules"))
        .containsExactly(rule("pushfanout.io", "pushfanouts", "get", "list", "watch"));
    assertThat(edit.maps("rules"))
        .containsExactly(
            rule(
                "pushfanout.io",
                "pushfanouts",
                "create",
                "update",
                "patch",
                "delete",
                "deletecollection"));
  }

  private static List<String> roles(Rendered objects) {
    return objects.objects().stream()
        .filter(object -> object.kind().endsWith("Role"))
        .map(role -> role.kind() + " " + role.text("metadata", "namespace") + "/" + role.name())
        .toList();
  }

  private static void eachIsBoundToOurServiceAccount(Rendered objects, String account) {
    List<Manifest> bindings =
        objects.objects().stream().filter(object -> object.kind().endsWith("RoleBinding")).toList();
    assertThat(bindings).hasSameSizeAs(roles(objects));
    for (Manifest binding : bindings) {
      assertThat(binding.maps("subjects"))
          .containsExactly(
              Map.of("kind", "ServiceAccount", "name", account, "namespace", "pushfanout"));
      String kind = binding.kind().replace("Binding", "");
      assertThat(binding.map("roleRef"))
          .isEqualTo(
              Map.of(
                  "apiGroup", "rbac.authorization.k8s.io", "kind", kind, "name", binding.name()));
      assertThat(objects.objects())
          .filteredOn(role -> role.id().equals(kind + "/" + binding.name()))
          .extracting(role -> role.at("metadata", "namespace"))
          .contains(binding.at("metadata", "namespace"));
    }
  }
}
