package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.plan.Plan.Conflict;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Fanouts that claim the same nodes, as snapshots and replies show them. */
class ConflictTest {
  private static final FanoutName A = new FanoutName("ns", "a");
  private static final FanoutName B = new FanoutName("ns", "b");
  private static final FanoutName C = new FanoutName("ns", "c");

  private final Rig rig = new Rig();

  private void claim(FanoutName name, String... hosts) {
    rig.apply(Rig.fanout(A, s -> s, "x", "y"), Rig.fanout(name, s -> s, hosts));
  }

  private FanoutSnapshot snapshot(FanoutName name) {
    return rig.engine.snapshot().stream()
        .filter(fanout -> fanout.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Conflict conflict(FanoutName loser, FanoutName winner, String... hosts) {
    return new Conflict(loser, winner, new TreeSet<NodeAddress>(Rig.addresses(hosts)));
  }

  @Test
  void loserListsItsMissingNodesAndTheirOwner() {
    claim(B, "x", "y", "z");

    assertThat(snapshot(B).conflicts()).containsExactly(conflict(B, A, "x", "y"));
    assertThat(snapshot(B).problems())
        .containsExactly(
            new Problem("x:1", ProblemReason.CONFLICT, "fanout ns/a claims it too, and keeps it"),
            new Problem("y:1", ProblemReason.CONFLICT, "fanout ns/a claims it too, and keeps it"));
    assertThat(snapshot(B).nodes()).extracting(NodeSnapshot::address).containsExactly(z());
  }

  @Test
  void winnerHasNoProblemWithIt() {
    claim(B, "x");

    assertThat(snapshot(A).conflicts()).isEmpty();
    assertThat(snapshot(A).problems()).isEmpty();
  }

  @Test
  void loserToTwoFanoutsNamesBoth() {
    rig.apply(
        Rig.fanout(A, s -> s, "x"), Rig.fanout(B, s -> s, "z"), Rig.fanout(C, s -> s, "x", "z"));

    assertThat(snapshot(C).conflicts()).containsExactly(conflict(C, A, "x"), conflict(C, B, "z"));
    assertThat(snapshot(C).problems())
        .extracting(Problem::message)
        .containsExactly(
            "fanout ns/a claims it too, and keeps it", "fanout ns/b claims it too, and keeps it");
  }

  @Test
  void conflictIsOverWhenTheWinnerDropsTheNode() {
    claim(B, "x");
    rig.apply(Rig.fanout(A, s -> s, "y"), Rig.fanout(B, s -> s, "x"));

    assertThat(snapshot(B).conflicts()).isEmpty();
    assertThat(snapshot(B).problems()).isEmpty();
    assertThat(rig.everOpened).as("the client changed its owner").hasSize(2);
  }

  @Test
  void fanoutThatIsGoneHasNoConflictsAnyMore() {
    rig.apply(Rig.fanout(B, s -> s, "z"));
    rig.node("z").connect();
    rig.send("1");
    rig.apply();

    assertThat(snapshot(B).generation()).isZero();
    assertThat(snapshot(B).discovered()).isTrue();
    assertThat(snapshot(B).conflicts()).isEmpty();
  }

  private static NodeAddress z() {
    return Rig.address("z");
  }
}
