package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.pushfanout.kube.Cluster;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.SettingField;
import io.pushfanout.operator.resource.NodeProblem;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CRD in a real API server, under {@code kubectl} and the operator. */
@ResourceLock(Cluster.LOCK)
class CrdIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  private static final ResourceDefinitionContext PUSHFANOUTS =
      new ResourceDefinitionContext.Builder()
          .withGroup("pushfanout.io")
          .withVersion("v1alpha1")
          .withKind("PushFanout")
          .withPlural("pushfanouts")
          .withNamespaced(true)
          .build();

  private static PushFanout named(String name) {
    PushFanout resource = new PushFanout();
    resource.setMetadata(
        new ObjectMetaBuilder().withNamespace(cluster.namespace()).withName(name).build());
    return resource;
  }

  private static GenericKubernetesResource asTheServerHasIt(String name) {
    return cluster
        .client()
        .genericKubernetesResources(PUSHFANOUTS)
        .inNamespace(cluster.namespace())
        .withName(name)
        .require();
  }

  @Test
  void theServerFillsInTheModelsDefaults() {
    FanoutSpec spec = SpecMapping.read(cluster.client().resource(named("chat")).create());

    assertThat(spec.settings()).isEqualTo(FanoutSettings.DEFAULT);
    assertThat(spec.overrides()).isEmpty();
    assertThat(spec.discovery()).isEqualTo(Discovery.DEFAULT);
    assertThat(spec.generation()).isEqualTo(1);
  }

  @Test
  void anEmptyResourceShowsEverySetting() {
    cluster.client().resource(named("chat")).create();

    GenericKubernetesResource resource = asTheServerHasIt("chat");
    for (SettingField field : SettingField.values()) {
      Object shown = resource.get((Object[]) ("spec." + field.path()).split("\\.", -1));
      Object expected = field.show(FanoutSettings.DEFAULT);
      assertThat(shown).as(field.path()).isEqualTo(expected.equals("") ? null : expected);
    }
    assertThat(resource.<Object>get("spec", "discovery")).as("a one-of").isNull();
  }

  @Test
  void kubectlExplainsEverySettingWithItsDefault() {
    String explained =
        Stream.of("", ".retry", ".delivery", ".tls")
            .map(group -> "pushfanout.spec" + group)
            .map(path -> cluster.kubectl().run("explain", path).ok().replaceAll("\\s+", " "))
            .collect(Collectors.joining());

    for (SettingField field : SettingField.values()) {
      String name = field.path().replaceFirst(".*\\.", "");
      Object value = field.show(FanoutSettings.DEFAULT);
      String told = value.equals("") ? "" : "[^<]* Default: %s\\.".formatted(value);
      assertThat(explained).containsPattern(" %s <%s".formatted(name, told));
    }
    assertThat(explained).doesNotContain("<no description>");
    for (String group : List.of("status", "status.conditions", "status.replicas")) {
      assertThat(cluster.kubectl().run("explain", "pushfanout." + group).ok())
          .doesNotContain("<no description>");
    }
  }

  @Test
  void kubectlExplainsEverything() {
    assertThat(cluster.kubectl().run("explain", "pushfanout", "--recursive").ok())
        .contains("removalGracePeriod", "overrides", "problems", "lastTransitionTime");
    assertThat(cluster.kubectl().run("explain", "pushfanout.spec.overrides.nodes").ok())
        .contains("* stands for any text");
    assertThat(cluster.kubectl().run("explain", "pushfanout.spec.overflowPolicy").ok())
        .containsPattern("ENUM:\\s+DropNewest\\s+DropOldest\\s+Block\\s+Reject\\s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pf", "pushfanouts", "pushfanout"})
  void kubectlShowsTheColumns(String kind) {
    cluster.client().resource(named("chat")).create();

    List<String> lines =
        cluster.kubectl().run("get", kind, "-n", cluster.namespace()).ok().lines().toList();

    assertThat(lines.getFirst().split("\\s+"))
        .containsExactly("NAME", "READY", "NODES", "CONNECTED", "SLOW", "WORKERS", "QUEUE", "AGE");
    assertThat(lines.get(1)).matches("chat +10 +1000 +\\d+s");
    assertThat(cluster.kubectl().run("get", kind, "-n", cluster.namespace(), "-o=wide").ok())
        .containsPattern("AGE +REASON +MESSAGE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'nodes': 2147483648}",
        "{'readyNodes': -1}",
        "{'slowNodes': 99999999999}",
        "{'observedGeneration': 9223372036854775808}",
        "{'observedGeneration': -1}",
        "{'replicas': [{'name': 'a', 'nodes': 99999999999}]}",
        "{'replicas': [{'name': 'a', 'observedGeneration': 1e19}]}",
      })
  void noNumberOfAStatusIsBeyondTheClass(String status) {
    cluster.client().resource(named("chat")).create();

    assertThat(
            cluster
                .kubectl()
                .run(
                    "patch",
                    "pf",
                    "chat",
                    "-n",
                    cluster.namespace(),
                    "--subresource=status",
                    "--type=merge",
                    "-p",
                    ("{'status': " + status + "}").replace('\'', '"'))
                .err())
        .contains("status.");
  }

  @Test
  void aMisspeltFieldIsAnError() {
    String resource =
        "{apiVersion: pushfanout.io/v1alpha1, kind: PushFanout, metadata: {name: chat}, spec:"
            + " {wrokers: 5}}";

    assertThat(
            cluster
                .kubectl()
                .runWith(resource, "apply", "-n", cluster.namespace(), "-f", "-")
                .err())
        .contains("unknown field \"spec.wrokers\"");
  }

  @Test
  void everyReplicaOwnsItsEntryOfTheStatus() {
    cluster.client().resource(named("chat")).create();
    applyStatus("a", replica("a", 1));
    applyStatus("b", replica("b", 2));
    applyStatus("a", replica("a", 3));

    assertThat(replicas()).containsExactlyInAnyOrder(replica("a", 3), replica("b", 2));

    applyStatus("a");
    assertThat(replicas()).containsExactly(replica("b", 2));
    assertThat(asTheServerHasIt("chat").getMetadata().getManagedFields())
        .extracting(ManagedFieldsEntry::getManager)
        .contains("b")
        .doesNotContain("a");
  }

  private static ReplicaStatus replica(String name, int nodes) {
    return new ReplicaStatus(
        name, 1L, nodes, nodes, 0, List.of(new NodeProblem("a:1", "Unreachable", "no route")));
  }

  private static void applyStatus(String manager, ReplicaStatus... entries) {
    PushFanout fresh = named("chat");
    fresh.setStatus(new PushFanoutStatus(null, null, null, null, null, List.of(entries)));
    cluster
        .client()
        .resource(fresh)
        .subresource("status")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(manager)
                .withForce(true)
                .build());
  }

  private static List<@Nullable ReplicaStatus> replicas() {
    PushFanoutStatus status =
        Objects.requireNonNull(cluster.client().resource(named("chat")).require().getStatus());
    return Objects.requireNonNull(status.replicas());
  }
}
