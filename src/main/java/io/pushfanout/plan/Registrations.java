package io.pushfanout.plan;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.ProblemReason;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of one source at one moment, such as those registered for a service.
 *
 * @param nodes the registered addresses, each once
 * @param leaving the nodes that end by themselves; a node among them that is no longer registered
 *     was not lost by the registry
 * @param malformed the registrations without a valid address
 * @param announced the nodes whose registration was written since the last hand-over; clients skip
 *     their remaining connection backoff
 * @param trouble why these are only the last good nodes; null if they are current
 */
public record Registrations(
    Set<NodeAddress> nodes,
    Set<NodeAddress> leaving,
    List<Malformed> malformed,
    Set<NodeAddress> announced,
    @Nullable Trouble trouble) {

  public Registrations {
    nodes = Set.copyOf(nodes);
    leaving = Set.copyOf(leaving);
    malformed = List.copyOf(malformed);
    announced = Set.copyOf(announced);
  }

  /** Creates the registrations of a registry that announces no end. */
  public Registrations(
      Set<NodeAddress> nodes,
      List<Malformed> malformed,
      Set<NodeAddress> announced,
      @Nullable Trouble trouble) {
    this(nodes, Set.of(), malformed, announced, trouble);
  }

  /** Returns whether these are only the last good nodes. */
  public boolean degraded() {
    return trouble != null;
  }

  /**
   * A registration that is ignored.
   *
   * @param key the key in the registry, safe to print
   * @param reason the kind of the mistake
   * @param problem the mistake in one line
   */
  public record Malformed(String key, ProblemReason reason, String problem) {
    /** Creates a registration without a valid address. */
    public Malformed(String key, String problem) {
      this(key, ProblemReason.MALFORMED_REGISTRATION, problem);
    }
  }

  /**
   * The reason for which the registry gives no list now.
   *
   * @param refused whether the registry answers with a refusal, which a password or a right could
   *     change
   * @param reason one short line, safe to print
   */
  public record Trouble(boolean refused, String reason) {}
}
