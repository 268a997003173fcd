package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * One fanout as it should be: what its spec says, and the nodes that were found for it.
 *
 * @param generation of the resource; 1 where there is no resource
 * @param created decides who keeps a node that two claim: the older
 * @param nodeSettings of the fanout and of each node
 */
public record DesiredFanout(
    FanoutName name,
    long generation,
    Instant created,
    NodeSettings nodeSettings,
    Discovered discovered) {

  /**
   * @param nodeSettings of the spec
   */
  public static DesiredFanout of(
      FanoutSpec spec, NodeSettings nodeSettings, Discovered discovered) {
    return new DesiredFanout(
        spec.name(), spec.generation(), spec.created(), nodeSettings, discovered);
  }

  /** A fanout of a fixed list of nodes that no resource describes. */
  public static DesiredFanout ofNodes(
      FanoutName name, FanoutSettings settings, Set<NodeAddress> nodes) {
    return new DesiredFanout(
        name, 1, Instant.EPOCH, new NodeSettings(settings, List.of()), Discovered.of(nodes));
  }

  Set<NodeAddress> nodes() {
    return discovered.nodes();
  }

  /** The fanout's own settings. */
  public FanoutSettings settings() {
    return nodeSettings.settings();
  }

  FanoutSettings settingsOf(NodeAddress node) {
    return nodeSettings.of(node);
  }
}
