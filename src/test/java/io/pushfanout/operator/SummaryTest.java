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
import io.pushfanout.operator.resource.ReplicaStatus;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static final FanoutSnapshot RUNNING = fanout(node("a:1", NodeState.CONNECTED));

  @Test
  void aFanoutThatEveryReplicaRunsIsReady() {
    Summary summary = summary(List.of(entry("a", 3, 1, 1, 0), entry("b", 3, 1, 1, 0)));

    assertThat(summary.generation()).isEqualTo(3);
    assertThat(summary.verdicts())
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
    Summary summary = summary(List.of(entry("a", 3, 10, 7, 0), entry("b", 3, 9, 9, 2)));

    assertThat(summary.nodes()).isEqualTo(10);
    assertThat(summary.readyNodes()).isEqualTo(7);
    assertThat(summary.slowNodes()).isEqualTo(2);
  }

  @Test
  void aReplicaThatRunsAnOlderGenerationIsWaitedFor() {
    Summary summary = summary(List.of(entry("a", 3, 1, 1, 0), entry("b", 2, 1, 1, 0)));

    assertThat(verdict(summary, "Programmed").message()).isEqualTo("waiting for b");
    assertThat(verdict(summary, "Ready"))
        .isEqualTo(new Summary.Verdict("Ready", false, "NotProgrammed", "waiting for b"));
  }

  @Test
  void aLiveReplicaWithoutAnEntryIsWaitedFor() {
    Summary summary = summary(List.of(entry("a", 3, 1, 1, 0)));

    assertThat(verdict(summary, "Programmed").holds()).isFalse();
  }

  @Test
  void aDeadReplicaIsNotWaitedFor() {
    Summary summary =
        summary(List.of(entry("a", 3, 1, 1, 0), entry("b", 3, 1, 1, 0), entry("dead", 1, 1, 1, 0)));

    assertThat(verdict(summary, "Programmed").holds()).isTrue();
  }

  @Test
  void oneDeadNodeDoesNotMakeTheOthersUnready() {
    Summary summary = summary(List.of(entry("a", 3, 500, 499, 0), entry("b", 3, 500, 500, 0)));

    assertThat(verdict(summary, "NodesConnected").holds()).isFalse();
    assertThat(verdict(summary, "NodesConnected").message())
        .isEqualTo("1 of 500 nodes are not connected");
    assertThat(verdict(summary, "Ready").holds()).isTrue();
  }

  @Test
  void aFanoutWithoutNodesIsReadyWithThatReason() {
    Summary summary = summary(List.of(entry("a", 3, 0, 0, 0), entry("b", 3, 0, 0, 0)));

    assertThat(verdict(summary, "Ready").holds()).isTrue();
    assertThat(verdict(summary, "Ready").reason()).isEqualTo("NoNodes");
  }

  @Test
  void aSpecThatIsRefusedIsNotAcceptedAndNamesTheField() {
    Summary summary = Summary.of(refused(3), Set.of("a"), List.of(entry("a", 3, 0, 0, 0)), RUNNING);

    assertThat(verdict(summary, "Accepted").holds()).isFalse();
    assertThat(verdict(summary, "Accepted").message())
        .isEqualTo("spec.workers: must be from 1 to 1024, is 0");
    assertThat(verdict(summary, "Programmed").reason()).isEqualTo("NotAccepted");
    assertThat(verdict(summary, "Ready").reason()).isEqualTo("NotAccepted");
  }

  @Test
  void aRefusedEditNamesTheGenerationThatRunsOn() {
    KnownResource edited = Observed.read(Observed.resource(4, 0), known(3));

    Summary summary = Summary.of(edited, Set.of("a"), List.of(entry("a", 4, 1, 1, 0)), RUNNING);

    assertThat(verdict(summary, "Programmed").message())
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
    Summary summary =
        Summary.of(
            known(3),
            Set.of("a"),
            List.of(entry("a", 3, 1, 1, 0)),
            conflicted(RUNNING, "b:1", "c:1"));

    assertThat(verdict(summary, "Conflicted"))
        .isEqualTo(
            new Summary.Verdict("Conflicted", true, "NodesOwned", "prod/older has b:1, c:1"));
    assertThat(verdict(summary, "Ready").holds()).isTrue();
  }

  @Test
  void aSpecThatTheOperatorDoesNotAllowIsNotAccepted() {
    KnownResource refused =
        KnownResource.read(
            Observed.CHAT,
            Observed.resource(1, 5),
            null,
            null,
            new TenantPolicy(
                AllowLists.parse(List.of(), List.of("other=*"), List.of()), Ceilings.NONE));
    Summary summary = Summary.of(refused, Set.of("a"), List.of(entry("a", 1, 0, 0, 0)), null);

    assertThat(verdict(summary, "Accepted"))
        .isEqualTo(
            new Summary.Verdict(
                "Accepted",
                false,
                "NotAllowed",
                "spec.discovery.etcd.serviceName: namespace prod may not claim the service"
                    + " connect-node; ask who runs PushFanout for --allow-service"
                    + " prod=connect-node"));
    assertThat(verdict(summary, "Ready").reason()).isEqualTo("NotAccepted");
    assertThat(verdict(summary, "Programmed").message()).isEqualTo("nothing runs");
  }

  @Test
  void aValueAboveACeilingIsNotAcceptedAndNamesFieldValueAndBound() {
    TenantPolicy policy =
        new TenantPolicy(
            AllowLists.EVERYTHING, Ceilings.parse(List.of("workers=4", "resources=0")));
    KnownResource refused =
        KnownResource.read(Observed.CHAT, Observed.resource(1, 5), null, null, policy);
    KnownResource beyond = known(1).without(policy.ceilings().tooMany("prod"));

    assertThat(verdict(summary(refused), "Accepted"))
        .isEqualTo(
            new Summary.Verdict(
                "Accepted",
                false,
                "OverCeiling",
                "spec.workers: 5 is above the ceiling of 4 for namespace prod; ask who runs"
                    + " PushFanout for --ceiling prod:workers=5"));
    assertThat(verdict(summary(beyond), "Accepted").reason()).isEqualTo("OverCeiling");
    assertThat(verdict(summary(beyond), "Accepted").message())
        .startsWith("metadata.namespace: resources of namespace prod are above its ceiling of 0");
    assertThat(verdict(summary(beyond), "Programmed").message()).isEqualTo("nothing runs");
  }

  private static Summary summary(KnownResource refused) {
    return Summary.of(refused, Set.of("a"), List.of(entry("a", 1, 0, 0, 0)), null);
  }

  @Test
  void aHalfEmptyEntryCountsAsNothing() {
    Summary summary =
        summary(
            List.of(entry("a", 3, 2, 2, 0), new ReplicaStatus("b", null, null, null, null, null)));

    assertThat(summary.nodes()).isEqualTo(2);
    assertThat(summary.readyNodes()).isZero();
  }

  private static Summary summary(List<ReplicaStatus> entries) {
    return Summary.of(known(3), Set.of("a", "b"), entries, RUNNING);
  }

  private static Summary.Verdict ready(@Nullable FanoutSnapshot running) {
    return verdict(
        Summary.of(known(3), Set.of("a"), List.of(entry("a", 3, 1, 1, 0)), running), "Ready");
  }

  private static Summary.Verdict verdict(Summary summary, String type) {
    return summary.verdicts().stream().filter(v -> v.type().equals(type)).findFirst().orElseThrow();
  }
}
