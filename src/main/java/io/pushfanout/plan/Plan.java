package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
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
}
