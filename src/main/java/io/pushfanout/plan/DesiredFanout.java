package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * One fanout as it should be: what its spec says, and the nodes that were found for it.
 *
 * @param generation of the resource; 1 where there is no resource
 * @param created decides who keeps a node that two claim: the older
 * @param overrides in their order: the first that matches a node decides
 */
public record DesiredFanout(
    FanoutName name,
    long generation,
    Instant created,
    FanoutSettings settings,
    List<NodeOverride> overrides,
    Discovered discovered) {

  public DesiredFanout {
    overrides = List.copyOf(overrides);
  }

  public static DesiredFanout of(FanoutSpec spec, Discovered discovered) {
    return new DesiredFanout(
        spec.name(),
        spec.generation(),
        spec.created(),
        spec.settings(),
        spec.overrides(),
        discovered);
  }

  /** A fanout of a fixed list of nodes that no resource describes. */
  public static DesiredFanout ofNodes(
      FanoutName name, FanoutSettings settings, Set<NodeAddress> nodes) {
    return new DesiredFanout(name, 1, Instant.EPOCH, settings, List.of(), Discovered.of(nodes));
  }

  Set<NodeAddress> nodes() {
    return discovered.nodes();
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
