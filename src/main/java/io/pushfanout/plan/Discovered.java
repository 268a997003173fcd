package io.pushfanout.plan;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a fanout's source says of its nodes.
 *
 * @param known whether the source has been answered once; while it has not, there are no nodes and
 *     a broadcast to the fanout is UNAVAILABLE
 * @param degraded the registry cannot be reached, and the last good nodes stay in force
 * @param problems of the source, for the fanout's status
 */
public record Discovered(
    boolean known, boolean degraded, Set<NodeAddress> nodes, List<Problem> problems) {

  public Discovered {
    nodes = Set.copyOf(nodes);
    problems = List.copyOf(problems);
  }

  /**
   * The source has not answered yet.
   *
   * @param problems why, where that is known
   */
  public static Discovered nothingYet(List<Problem> problems) {
    return new Discovered(false, false, Set.of(), problems);
  }

  /** Why the source gives nothing, or nothing newer: one line; empty where it works. */
  public Optional<String> trouble() {
    return Problem.first(
            problems, ProblemReason.DISCOVERY_DEGRADED, ProblemReason.DISCOVERY_REFUSED)
        .map(Problem::message);
  }

  /** A fixed list, which waits for nobody. */
  public static Discovered of(Set<NodeAddress> nodes) {
    return new Discovered(true, false, nodes, List.of());
  }
}
