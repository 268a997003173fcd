package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * One fanout as it should be: what its spec says, and the nodes that it has.
 *
 * @param generation of the resource; 1 where there is no resource
 * @param created decides who keeps a node that two claim: the older
 * @param overrides in their order: the first that matches a node decides
 * @param known whether its source has been answered yet; while it has not, there are no nodes and a
 *     broadcast to it is UNAVAILABLE
 * @param problems of its source, for its status
 */
public record DesiredFanout(
    FanoutName name,
    long generation,
    Instant created,
    FanoutSettings settings,
    List<NodeOverride> overrides,
    Set<NodeAddress> nodes,
    boolean known,
    List<Problem> problems) {

  public DesiredFanout {
    overrides = List.copyOf(overrides);
    nodes = Set.copyOf(nodes);
    problems = List.copyOf(problems);
  }

  /** The spec with the nodes that were found for it. */
  public static DesiredFanout of(
      FanoutSpec spec, Set<NodeAddress> nodes, boolean known, List<Problem> problems) {
    return new DesiredFanout(
        spec.name(),
        spec.generation(),
        spec.created(),
        spec.settings(),
        spec.overrides(),
        nodes,
        known,
        problems);
  }

  /** A fanout of a fixed list of nodes that no resource describes. */
  public static DesiredFanout ofNodes(
      FanoutName name, FanoutSettings settings, Set<NodeAddress> nodes) {
    return new DesiredFanout(name, 1, Instant.EPOCH, settings, List.of(), nodes, true, List.of());
  }

  /** The settings for one node: those of the first override that matches it, or the fanout's. */
  FanoutSettings settingsOf(NodeAddress node) {
    return overrides.stream()
        .filter(override -> override.matches(node))
        .findFirst()
        .map(override -> override.applyTo(settings))
        .orElse(settings);
  }
}
