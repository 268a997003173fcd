package io.pushfanout.plan;

import io.pushfanout.model.NodeAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The registered nodes of one service at one moment.
 *
 * @param nodes the registered addresses, each once
 * @param malformed the registrations without a valid address
 * @param announced the nodes whose registration was written since the last hand-over; clients skip
 *     their remaining connection backoff
 * @param trouble why these are only the last good nodes; null if they are current
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

  /** Returns whether these are only the last good nodes. */
  public boolean degraded() {
    return trouble != null;
  }

  /**
   * A registration that is ignored.
   *
   * @param key the key in the registry, safe to print
   * @param problem the mistake in one line
   */
  public record Malformed(String key, String problem) {}

  /**
   * The reason for which the registry gives no list now.
   *
   * @param refused whether the registry answers with a refusal, which a password or a right could
   *     change
   * @param reason one short line, safe to print
   */
  public record Trouble(boolean refused, String reason) {}
}
