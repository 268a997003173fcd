package io.pushfanout.plan;

import io.pushfanout.model.NodeAddress;
import java.util.List;
import java.util.Set;

/**
 * What the registry says of one service's nodes at one moment.
 *
 * @param nodes the registered addresses, each once
 * @param malformed registrations that are no address
 * @param announced of the nodes, those whose registration was written since the last hand-over:
 *     whoever waits to dial one again need not wait longer
 * @param degraded the registry cannot be reached; these are the last good ones
 */
public record Registrations(
    Set<NodeAddress> nodes,
    List<Malformed> malformed,
    Set<NodeAddress> announced,
    boolean degraded) {

  public Registrations {
    nodes = Set.copyOf(nodes);
    malformed = List.copyOf(malformed);
    announced = Set.copyOf(announced);
  }

  /**
   * A registration that is ignored.
   *
   * @param key in the registry, safe to print
   * @param problem one line
   */
  public record Malformed(String key, String problem) {}
}
