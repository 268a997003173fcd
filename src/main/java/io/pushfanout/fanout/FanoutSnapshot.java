package io.pushfanout.fanout;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.Problem;
import io.pushfanout.plan.Plan.Conflict;
import java.util.ArrayList;
import java.util.List;

/**
 * One fanout at one instant.
 *
 * @param generation generation of the resource that is in force; 1 where there is no resource, 0
 *     when it is gone and its nodes drain
 * @param nodes nodes that it owns and nodes of it that are retiring, by address
 * @param problems problems of the fanout, the worst first
 * @param discovered whether its source has answered once, and so its nodes are known
 * @param degraded whether the registry cannot be reached, and the last good nodes stay in force
 * @param conflicts nodes that it claims and another keeps, by the name of that other; each is among
 *     the problems too
 */
public record FanoutSnapshot(
    FanoutName name,
    long generation,
    FanoutSettings settings,
    List<NodeSnapshot> nodes,
    List<Problem> problems,
    boolean discovered,
    boolean degraded,
    List<Conflict> conflicts) {

  /** Returns this snapshot with one more problem, the worst of all. */
  public FanoutSnapshot withProblem(Problem worst) {
    List<Problem> all = new ArrayList<>(List.of(worst));
    all.addAll(problems);
    return new FanoutSnapshot(
        name, generation, settings, nodes, all, discovered, degraded, conflicts);
  }
}
