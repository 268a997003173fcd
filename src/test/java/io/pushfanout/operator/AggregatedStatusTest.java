package io.pushfanout.operator;

import static io.pushfanout.operator.Observed.conflicted;
import static io.pushfanout.operator.Observed.degraded;
import static io.pushfanout.operator.Observed.entry;
import static io.pushfanout.operator.Observed.fanout;
import static io.pushfanout.operator.Observed.known;
import static io.pushfanout.operator.Observed.node;
import static io.pushfanout.operator.Observed.refused;
import static io.pushfanout.operator.Observed.undiscovered;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.NodeState;
import io.pushfanout.operator.policy.AllowLists;
import io.pushfanout.operator.policy.Ceilings;
import io.pushfanout.operator.policy.TenantPolicy;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AggregatedStatusTest {
  private static final FanoutSnapshot RUNNING = fanout(node("a:1", NodeState.CONNECTED));

  @Test
  void aFanoutThatEveryReplicaRunsIsReady() {
    AggregatedStatus aggregated = summary(List.of(entry("a", 3, 1, 1, 0), entry("b", 3, 1, 1, 0)));

    assertThat(aggregated.generation()).isEqualTo(3);
    assertThat(aggregated.verdicts())
        .extracting(v -> v.type() + "=" + v.status() + " " + v.reason())
        .containsExactly(
            "Accepted=TRUE Valid",
            "Conflicted=FALSE NoConflict",
            "DiscoverySynced=TRUE Synced",
            "Programmed=TRUE Programmed",
            "NodesConnected=TRUE AllConnected",
            "Ready=TRUE Ready");
  }

  @Test
  void nodesAreTheMostReadyOnesTheFewestAndSlowOnesTheMostOfAllReplicas() {
    AggregatedStatus aggregated = summary(List.of(entry("a", 3, 10, 7, 0), entry("b", 3, 9, 9, 2)));

    assertThat(aggregated.nodes()).isEqualTo(10);
    assertThat(aggregated.readyNodes()).isEqualTo(7);
    assertThat(aggregated.slowNodes()).isEqualTo(2);
  }

  @Test
  void aReplicaThatRunsAnOlderGenerationIsWaitedFor() {
    AggregatedStatus aggregated = summary(List.of(entry("a", 3, 1, 1, 0), entry("b", 2, 1, 1, 0)));

    assertThat(verdict(aggregated, "Programmed").message()).isEqualTo("waiting for b");
    assertThat(verdict(aggregated, "Ready"))
        .isEqualTo(new AggregatedStatus.Verdict("Ready", false, "NotProgrammed", "waiting for b"));
  }

  @Test
  void aLiveReplicaWithoutAnEntryIsWaitedFor() {
    AggregatedStatus aggregated = summary(List.of(entry("a", 3, 1, 1, 0)));

    assertThat(verdict(aggregated, "Programmed").holds()).isFalse();
  }

  @Test
  void aDeadReplicaIsNotWaitedFor() {
    AggregatedStatus aggregated =
        summary(List.of(entry("a", 3, 1, 1, 0), entry("b", 3, 1, 1, 0), entry("dead", 1, 1, 1, 0)));

    assertThat(verdict(aggregated, "Programmed").holds()).isTrue();
  }

  @Test
  void oneDeadNodeDoesNotMakeTheOthersUnready() {
    AggregatedStatus aggregated =
        summary(List.of(entry("a", 3, 500, 499, 0), entry("b", 3, 500, 500, 0)));

    assertThat(verdict(aggregated, "NodesConnected").holds()).isFalse();
    assertThat(verdict(aggregated, "NodesConnected").message())
        .isEqualTo("1 of 500 nodes are not connected");
    assertThat(verdict(aggregated, "Ready").holds()).isTrue();
  }

  @Test
  void aFanoutWithoutNodesIsReadyWithThatReason() {
    AggregatedStatus aggregated = summary(List.of(entry("a", 3, 0, 0, 0), entry("b", 3, 0, 0, 0)));

    assertThat(verdict(aggregated, "Ready").holds()).isTrue();
    assertThat(verdict(aggregated, "Ready").reason()).isEqualTo("NoNodes");
  }

  @Test
  void aSpecThatIsRefusedIsNotAcceptedAndNamesTheField() {
    AggregatedStatus aggregated =
        AggregatedStatus.of(refused(3), Set.of("a"), List.of(entry("a", 3, 0, 0, 0)), RUNNING);

    assertThat(verdict(aggregated, "Accepted").holds()).isFalse();
    assertThat(verdict(aggregated, "Accepted").message())
        .isEqualTo("spec.workers: must be from 1 to 1024, is 0");
    assertThat(verdict(aggregated, "Programmed").reason()).isEqualTo("NotAccepted");
    assertThat(verdict(aggregated, "Ready").reason()).isEqualTo("NotAccepted");
  }

  @Test
  void aRefusedEditNamesTheGenerationThatRunsOn() {
    TrackedResource edited = Observed.read(Observed.resource(4, 0), known(3));

    AggregatedStatus aggregated =
        AggregatedStatus.of(edited, Set.of("a"), List.of(entry("a", 4, 1, 1, 0)), RUNNING);

    assertThat(verdict(aggregated, "Programmed").message())
        .isEqualTo("the last valid spec, of generation 3, runs");
  }

  @Test
  void anEtcdThatIsAwayIsNotSynced() {
    assertThat(ready(degraded(RUNNING)).reason()).isEqualTo("NotDiscoverySynced");
    assertThat(ready(undiscovered(RUNNING)).reason()).isEqualTo("NotDiscoverySynced");
    assertThat(ready(null).reason()).isEqualTo("NotDiscoverySynced");
  }

  @Test
  void aConflictNamesTheWinnerAndTheNodesAndLeavesTheRestReady() {
    AggregatedStatus aggregated =
        AggregatedStatus.of(
            known(3),
            Set.of("a"),
            List.of(entry("a", 3, 1, 1, 0)),
            conflicted(RUNNING, "b:1", "c:1"));

    assertThat(verdict(aggregated, "Conflicted"))
        .isEqualTo(
            new AggregatedStatus.Verdict(
                "Conflicted", true, "NodesOwned", "prod/older has b:1, c:1"));
    assertThat(verdict(aggregated, "Ready").holds()).isTrue();
  }

  @Test
  void aSpecThatTheOperatorDoesNotAllowIsNotAccepted() {
    TrackedResource refused =
        TrackedResource.read(
            Observed.CHAT,
            Observed.resource(1, 5),
            null,
            null,
            new TenantPolicy(
                AllowLists.parse(List.of(), List.of("other=*"), List.of()), Ceilings.NONE));
    AggregatedStatus aggregated =
        AggregatedStatus.of(refused, Set.of("a"), List.of(entry("a", 1, 0, 0, 0)), null);

    assertThat(verdict(aggregated, "Accepted"))
        .isEqualTo(
            new AggregatedStatus.Verdict(
                "Accepted",
                false,
                "NotAllowed",
                "spec.discovery.etcd.serviceName: namespace prod may not claim the service"
                    + " connect-node; an administrator of PushFanout allows it with --allow-service"
                    + " prod=connect-node"));
    assertThat(verdict(aggregated, "Ready").reason()).isEqualTo("NotAccepted");
    assertThat(verdict(aggregated, "Programmed").message()).isEqualTo("nothing runs");
  }

  @Test
  void aValueAboveACeilingIsNotAcceptedAndNamesFieldValueAndBound() {
    TenantPolicy policy =
        new TenantPolicy(
            AllowLists.EVERYTHING, Ceilings.parse(List.of("workers=4", "resources=0")));
    TrackedResource refused =
        TrackedResource.read(Observed.CHAT, Observed.resource(1, 5), null, null, policy);
    TrackedResource beyond = known(1).without(policy.ceilings().tooMany("prod"));

    assertThat(verdict(summary(refused), "Accepted"))
        .isEqualTo(
            new AggregatedStatus.Verdict(
                "Accepted",
                false,
                "OverCeiling",
                "spec.workers: 5 is above the ceiling of 4 for namespace prod; an administrator"
                    + " of PushFanout allows it with --ceiling prod:workers=5"));
    assertThat(verdict(summary(beyond), "Accepted").reason()).isEqualTo("OverCeiling");
    assertThat(verdict(summary(beyond), "Accepted").message())
        .startsWith("metadata.namespace: resources of namespace prod are above its ceiling of 0");
    assertThat(verdict(summary(beyond), "Programmed").message()).isEqualTo("nothing runs");
  }

  private static AggregatedStatus summary(TrackedResource refused) {
    return AggregatedStatus.of(refused, Set.of("a"), List.of(entry("a", 1, 0, 0, 0)), null);
  }

  @Test
  void aHalfEmptyEntryCountsAsNothing() {
    AggregatedStatus aggregated =
        summary(
            List.of(entry("a", 3, 2, 2, 0), new ReplicaStatus("b", null, null, null, null, null)));

    assertThat(aggregated.nodes()).isEqualTo(2);
    assertThat(aggregated.readyNodes()).isZero();
  }

  private static AggregatedStatus summary(List<ReplicaStatus> entries) {
    return AggregatedStatus.of(known(3), Set.of("a", "b"), entries, RUNNING);
  }

  private static AggregatedStatus.Verdict ready(@Nullable FanoutSnapshot running) {
    return verdict(
        AggregatedStatus.of(known(3), Set.of("a"), List.of(entry("a", 3, 1, 1, 0)), running),
        "Ready");
  }

  private static AggregatedStatus.Verdict verdict(AggregatedStatus aggregated, String type) {
    return aggregated.verdicts().stream()
        .filter(v -> v.type().equals(type))
        .findFirst()
        .orElseThrow();
  }
}
