package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * One fanout as it should be: what its resource says, and the nodes that discovery found for it.
 *
 * @param generation of the resource; 1 where there is no resource
 * @param created decides who keeps a node that two claim: the older. {@link Instant#EPOCH} for all
 *     fanouts of files
 * @param overrides in their order: the first that matches a node decides
 */
public record DesiredFanout(
    FanoutName name,
    long generation,
    Instant created,
    FanoutSettings settings,
    List<NodeOverride> overrides,
    Set<NodeAddress> nodes) {

  public DesiredFanout {
    overrides = List.copyOf(overrides);
    nodes = Set.copyOf(nodes);
  }

  /** A fanout of a fixed list of nodes that no resource describes. */
  public static DesiredFanout ofNodes(
      FanoutName name, FanoutSettings settings, Set<NodeAddress> nodes) {
    return new DesiredFanout(name, 1, Instant.EPOCH, settings, List.of(), nodes);
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
