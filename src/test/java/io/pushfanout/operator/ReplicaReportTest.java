package io.pushfanout.operator;

import static io.pushfanout.operator.Observed.fanout;
import static io.pushfanout.operator.Observed.known;
import static io.pushfanout.operator.Observed.node;
import static io.pushfanout.operator.Observed.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.operator.resource.NodeProblem;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaReportTest {
  private static final List<Problem> PROBLEMS =
      List.of(
          new Problem("", ProblemReason.DISCOVERY_DEGRADED, "etcd is away"),
          new Problem("bad", ProblemReason.MALFORMED_REGISTRATION, "no port"),
          new Problem("c:1", ProblemReason.SLOW, "17 messages wait"),
          new Problem("d:1", ProblemReason.SLOW, "18 messages wait"),
          new Problem("b:1", ProblemReason.UNREACHABLE, "refused"),
          new Problem("e:1", ProblemReason.TLS_PROFILE_MISSING, "no such profile"));

  @Test
  void nodesAreCountedByStateAndRetiringOnesAreNone() {
    FanoutSnapshot running =
        fanout(
            7,
            List.of(),
            node("a:1", NodeState.CONNECTED),
            node("b:1", NodeState.UNREACHABLE),
            node("c:1", NodeState.SLOW),
            node("d:1", NodeState.CONNECTING),
            node("e:1", NodeState.RETIRING));

    assertThat(ReplicaReport.of("r", known(7), running))
        .isEqualTo(new ReplicaStatus("r", 7L, 4, 2, 1, List.of()));
  }

  @Test
  void theGenerationIsTheOneThatRuns() {
    assertThat(ReplicaReport.of("r", known(8), fanout(7, List.of())).observedGeneration())
        .isEqualTo(7);
    assertThat(ReplicaReport.of("r", known(8), null).observedGeneration()).isZero();
  }

  @Test
  void aGenerationThatIsRefusedHasBeenObserved() {
    assertThat(ReplicaReport.of("r", refused(8), null).observedGeneration()).isEqualTo(8);
  }

  @Test
  void theWorstThreeNodesAreNamedTheWorstFirst() {
    assertThat(ReplicaReport.of("r", known(1), fanout(1, PROBLEMS)).problems())
        .containsExactly(
            new NodeProblem("e:1", "TlsProfileMissing", "no such profile"),
            new NodeProblem("b:1", "Unreachable", "refused"),
            new NodeProblem("c:1", "Slow", "17 messages wait"));
  }

  @Test
  void reportsThatDifferInACounterAreTheSame() {
    ReplicaStatus before =
        new ReplicaStatus("r", 1L, 2, 2, 1, List.of(new NodeProblem("a", "Slow", "5 wait")));
    ReplicaStatus after =
        new ReplicaStatus("r", 1L, 2, 2, 1, List.of(new NodeProblem("a", "Slow", "6 wait")));
    ReplicaStatus other =
        new ReplicaStatus("r", 1L, 2, 2, 1, List.of(new NodeProblem("b", "Slow", "5 wait")));

    assertThat(ReplicaReport.withoutMessages(before))
        .isEqualTo(ReplicaReport.withoutMessages(after))
        .isNotEqualTo(ReplicaReport.withoutMessages(other));
  }

  @Test
  void noProblemsAndAnEmptyListOfThemAreTheSame() {
    assertThat(ReplicaReport.withoutMessages(new ReplicaStatus("r", 1L, 0, 0, 0, null)))
        .isEqualTo(new ReplicaStatus("r", 1L, 0, 0, 0, List.of()));
  }
}
