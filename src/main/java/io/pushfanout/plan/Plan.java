package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What to do so that what runs is what should be.
 *
 * @param operations in the order to apply them: what takes messages first, {@link Operation.Retire}
 *     last
 * @param owned the nodes that each fanout owns once they are applied; a fanout without nodes is
 *     there too
 * @param conflicts who lost which nodes to whom
 */
public record Plan(
    List<Operation> operations,
    SortedMap<FanoutName, SortedSet<NodeAddress>> owned,
    List<Conflict> conflicts) {

  /** Those that this fanout lost. */
  public List<Conflict> conflictsOf(FanoutName loser) {
    return conflicts.stream().filter(conflict -> conflict.loser().equals(loser)).toList();
  }
}
