package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The operations that change the running state into the desired state.
 *
 * @param operations the operations in the order to apply them: clients that accept messages first,
 *     {@link Operation.Retire} last
 * @param owned the nodes that each fanout owns after the operations; fanouts without nodes are
 *     included
 * @param conflicts the nodes that fanouts lost to others
 */
public record Plan(
    List<Operation> operations,
    SortedMap<FanoutName, SortedSet<NodeAddress>> owned,
    List<Conflict> conflicts) {

  /** Returns the conflicts that this fanout lost. */
  public List<Conflict> conflictsOf(FanoutName loser) {
    return conflicts.stream().filter(conflict -> conflict.loser().equals(loser)).toList();
  }

  /** A conflict between two fanouts: nodes that the loser claims and the winner keeps. */
  public record Conflict(FanoutName loser, FanoutName winner, SortedSet<NodeAddress> nodes) {}

  /** One change to the set of running clients. */
  public sealed interface Operation {
    NodeAddress node();

    /** Opens a client for a node without one. */
    record Open(NodeAddress node, FanoutName fanout, FanoutSettings settings)
        implements Operation {}

    /** Gives a client other settings or another fanout; its queue stays. */
    record Resize(NodeAddress node, FanoutName fanout, FanoutSettings settings)
        implements Operation {}

    /** Resumes the draining client of a node that is back; the client accepts messages again. */
    record Resume(NodeAddress node, FanoutName fanout, FanoutSettings settings)
        implements Operation {}

    /**
     * Retires the client of a node without a fanout: it gets no more offers, drains, and closes.
     */
    record Retire(NodeAddress node) implements Operation {}
  }
}
