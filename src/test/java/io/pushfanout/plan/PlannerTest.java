package io.pushfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.plan.Plan.Conflict;
import io.pushfanout.plan.Plan.Operation;
import io.pushfanout.plan.Planner.RunningNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static final FanoutName X = new FanoutName("ns", "x");
  private static final FanoutName Y = new FanoutName("ns", "y");
  private static final FanoutSettings SETTINGS = FanoutSettings.DEFAULT;
  private static final FanoutSettings OTHER = SETTINGS.toBuilder().workers(3).build();

  private static NodeAddress node(String host) {
    return new NodeAddress(host, 1);
  }

  private static Set<NodeAddress> nodes(String... hosts) {
    return Arrays.stream(hosts).map(PlannerTest::node).collect(Collectors.toSet());
  }

  private static DesiredFanout fanout(FanoutName name, long created, String... hosts) {
    return new DesiredFanout(
        name,
        1,
        Instant.ofEpochSecond(created),
        new NodeSettings(SETTINGS, List.of()),
        Discovered.of(nodes(hosts)));
  }

  private static RunningNode running(FanoutName fanout) {
    return new RunningNode(fanout, SETTINGS, false);
  }

  @Test
  void equalStatesPlanNothing() {
    Plan plan =
        Planner.plan(
            List.of(fanout(X, 0, "a", "b")), Map.of(node("a"), running(X), node("b"), running(X)));
    assertThat(plan.operations()).isEmpty();
    assertThat(plan.conflicts()).isEmpty();
    assertThat(plan.owned()).containsEntry(X, new TreeSet<>(nodes("a", "b")));
  }

  @Test
  void missingNodesAreOpenedChangedOnesResizedRemovedOnesRetiredLast() {
    Map<NodeAddress, RunningNode> running = new HashMap<>();
    running.put(node("a"), running(X));
    running.put(node("b"), new RunningNode(X, OTHER, false));
    running.put(node("c"), new RunningNode(X, SETTINGS, true));
    running.put(node("gone-already"), new RunningNode(X, SETTINGS, true));
    Plan plan = Planner.plan(List.of(fanout(X, 0, "b", "c", "d")), running);
    assertThat(plan.operations())
        .containsExactly(
            new Operation.Resize(node("b"), X, SETTINGS),
            new Operation.Resume(node("c"), X, SETTINGS),
            new Operation.Open(node("d"), X, SETTINGS),
            new Operation.Retire(node("a")));
  }

  @Test
  void applyingThePlanLeavesNothingToPlan() {
    List<DesiredFanout> desired = List.of(fanout(X, 2, "a", "b"), fanout(Y, 1, "b", "c"));
    Map<NodeAddress, RunningNode> running = new HashMap<>();
    running.put(node("b"), running(X));
    for (Operation operation : Planner.plan(desired, running).operations()) {
      switch (operation) {
        case Operation.Open(var n, var f, var s) -> running.put(n, new RunningNode(f, s, false));
        case Operation.Resize(var n, var f, var s) -> running.put(n, new RunningNode(f, s, false));
        case Operation.Resume(var n, var f, var s) -> running.put(n, new RunningNode(f, s, false));
        case Operation.Retire(var n) -> running.remove(n);
      }
    }
    assertThat(Planner.plan(desired, running).operations()).isEmpty();
  }

  @Test
  void olderFanoutKeepsANodeThatTwoClaimAndTheOtherServesItsOthers() {
    Plan plan = Planner.plan(List.of(fanout(X, 2, "a", "b"), fanout(Y, 1, "b", "c")), Map.of());
    assertThat(plan.owned()).isEqualTo(Map.of(X, nodes("a"), Y, nodes("b", "c")));
    assertThat(plan.conflicts()).containsExactly(new Conflict(X, Y, new TreeSet<>(nodes("b"))));
  }

  @Test
  void ofTheSameAgeTheNameDecides() {
    Plan plan = Planner.plan(List.of(fanout(Y, 1, "a"), fanout(X, 1, "a")), Map.of());
    assertThat(plan.owned()).isEqualTo(Map.of(X, nodes("a"), Y, nodes()));
  }

  @Test
  void newOwnerIsAResizeNotANewClient() {
    Plan plan = Planner.plan(List.of(fanout(Y, 1, "a")), Map.of(node("a"), running(X)));
    assertThat(plan.operations()).containsExactly(new Operation.Resize(node("a"), Y, SETTINGS));
  }

  @Test
  void firstOverrideThatMatchesDecides() {
    NodeOverride big = new NodeOverride("big", List.of("big-*:1"), 50, null, null, null);
    NodeOverride rest = new NodeOverride("rest", List.of("*"), 5, 7, null, null);
    DesiredFanout fanout =
        new DesiredFanout(
            X,
            1,
            Instant.EPOCH,
            new NodeSettings(SETTINGS, List.of(big, rest)),
            Discovered.of(nodes("big-1", "small")));
    assertThat(Planner.plan(List.of(fanout), Map.of()).operations())
        .containsExactly(
            new Operation.Open(node("big-1"), X, SETTINGS.toBuilder().workers(50).build()),
            new Operation.Open(
                node("small"), X, SETTINGS.toBuilder().workers(5).queueSize(7).build()));
  }

  @Test
  void oneNameTwiceIsABrokenContract() {
    assertThatThrownBy(() -> Planner.plan(List.of(fanout(X, 1), fanout(X, 2)), Map.of()))
        .hasMessageContaining("ns/x");
  }
}
