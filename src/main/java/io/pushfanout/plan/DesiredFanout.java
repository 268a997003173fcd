package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The desired state of one fanout: its spec, and the nodes found by discovery.
 *
 * @param generation the generation of the resource; 1 without a resource
 * @param created the creation time: of two fanouts that claim one node, the older keeps it
 * @param nodeSettings the settings of the fanout and of each node
 */
public record DesiredFanout(
    FanoutName name,
    long generation,
    Instant created,
    NodeSettings nodeSettings,
    Discovered discovered) {

  /**
   * Returns the desired state of a spec.
   *
   * @param nodeSettings the settings of the spec
   */
  public static DesiredFanout of(
      FanoutSpec spec, NodeSettings nodeSettings, Discovered discovered) {
    return new DesiredFanout(
        spec.name(), spec.generation(), spec.created(), nodeSettings, discovered);
  }

  /** Returns the desired state of a fanout with a fixed list of nodes, without a resource. */
  public static DesiredFanout ofNodes(
      FanoutName name, FanoutSettings settings, Set<NodeAddress> nodes) {
    return new DesiredFanout(
        name, 1, Instant.EPOCH, new NodeSettings(settings, List.of()), Discovered.of(nodes));
  }

  Set<NodeAddress> nodes() {
    return discovered.nodes();
  }

  /** Returns the settings of the fanout without overrides. */
  public FanoutSettings settings() {
    return nodeSettings.settings();
  }

  FanoutSettings settingsOf(NodeAddress node) {
    return nodeSettings.of(node);
  }
}
