package io.pushfanout.operator;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.operator.resource.NodeProblem;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The entry of this replica in the status of a resource that it serves. Pure. */
final class ReplicaReport {
  /** Problems of single nodes, the worst first; the conditions cover the others. */
  private static final List<ProblemReason> REASONS =
      List.of(
          ProblemReason.TLS_PROFILE_MISSING,
          ProblemReason.NODE_REFUSED,
          ProblemReason.LOOP,
          ProblemReason.UNREACHABLE,
          ProblemReason.FAILING,
          ProblemReason.SLOW,
          ProblemReason.NO_STREAMING,
          ProblemReason.STREAMS_UNACKNOWLEDGED,
          ProblemReason.FLAPPING,
          ProblemReason.NO_PORT,
          ProblemReason.MALFORMED_REGISTRATION,
          ProblemReason.REMOVAL_PAUSED);

  private ReplicaReport() {}

  static ReplicaStatus of(
      String replica, TrackedResource resource, @Nullable FanoutSnapshot running) {
    if (running == null) {
      return new ReplicaStatus(replica, observed(resource, 0), 0, 0, 0, List.of());
    }
    List<NodeSnapshot> nodes =
        running.nodes().stream().filter(node -> node.state() != NodeState.RETIRING).toList();
    return new ReplicaStatus(
        replica,
        observed(resource, running.generation()),
        nodes.size(),
        (int) nodes.stream().filter(NodeSnapshot::connected).count(),
        (int) nodes.stream().filter(node -> node.state() == NodeState.SLOW).count(),
        problems(running.problems()));
  }

  /**
   * Returns the generation of the entry. A refused generation counts as observed: it will never
   * run.
   */
  private static long observed(TrackedResource resource, long running) {
    return resource.refusal() == null ? running : resource.generation();
  }

  private static List<NodeProblem> problems(List<Problem> all) {
    return REASONS.stream()
        .flatMap(reason -> all.stream().filter(problem -> problem.reason() == reason))
        .limit(ReplicaStatus.PROBLEMS_MAX) // All are in /api/v1/status.
        .map(
            problem -> new NodeProblem(problem.node(), problem.reason().label(), problem.message()))
        .toList();
  }

  /**
   * Returns a report without its messages, which hold counts: a report is written again only when
   * the rest differs.
   */
  static ReplicaStatus withoutMessages(ReplicaStatus report) {
    return new ReplicaStatus(
        report.name(),
        report.observedGeneration(),
        report.nodes(),
        report.readyNodes(),
        report.slowNodes(),
        Optional.ofNullable(report.problems()).orElse(List.of()).stream()
            .map(problem -> new NodeProblem(problem.node(), problem.reason(), null))
            .toList());
  }
}
