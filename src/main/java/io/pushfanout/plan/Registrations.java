package io.pushfanout.plan;

import io.pushfanout.model.NodeAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the registry says of one service's nodes at one moment.
 *
 * @param nodes the registered addresses, each once
 * @param malformed registrations that are no address
 * @param announced of the nodes, those whose registration was written since the last hand-over:
 *     whoever waits to dial one again need not wait longer
 * @param trouble why these are only the last good ones; null where they are as of now
 */
public record Registrations(
    Set<NodeAddress> nodes,
    List<Malformed> malformed,
    Set<NodeAddress> announced,
    @Nullable Trouble trouble) {

  public Registrations {
    nodes = Set.copyOf(nodes);
    malformed = List.copyOf(malformed);
    announced = Set.copyOf(announced);
  }

  /** Whether these are only the last good ones. */
  public boolean degraded() {
    return trouble != null;
  }

  /**
   * A registration that is ignored.
   *
   * @param key in the registry, safe to print
   * @param problem one line
   */
  public record Malformed(String key, String problem) {}
}
