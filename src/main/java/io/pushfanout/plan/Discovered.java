package io.pushfanout.plan;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The nodes of a fanout as given by its source.
 *
 * @param known whether the source has answered once; until then there are no nodes, and a broadcast
 *     to the fanout is UNAVAILABLE
 * @param degraded whether the registry is unavailable, and the last good nodes stay in force
 * @param problems the problems of the source, for the fanout's status
 */
public record Discovered(
    boolean known, boolean degraded, Set<NodeAddress> nodes, List<Problem> problems) {

  public Discovered {
    nodes = Set.copyOf(nodes);
    problems = List.copyOf(problems);
  }

  /**
   * Returns the state of a fanout whose source has not answered yet.
   *
   * @param problems the causes, if known
   */
  public static Discovered nothingYet(List<Problem> problems) {
    return new Discovered(false, false, Set.of(), problems);
  }

  /** Returns why the source gives no nodes or no updates, in one line; empty if it works. */
  public Optional<String> trouble() {
    return Problem.first(
            problems, ProblemReason.DISCOVERY_DEGRADED, ProblemReason.DISCOVERY_REFUSED)
        .map(Problem::message);
  }

  /** Returns the state of a fixed list, which is known at once. */
  public static Discovered of(Set<NodeAddress> nodes) {
    return new Discovered(true, false, nodes, List.of());
  }
}
