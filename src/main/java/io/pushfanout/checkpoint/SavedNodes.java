package io.pushfanout.checkpoint;

import io.pushfanout.model.NodeAddress;
import java.time.Instant;
import java.util.Set;

/**
 * The saved nodes of one service.
 *
 * @param asOf the time at which etcd last confirmed them
 */
public record SavedNodes(Instant asOf, Set<NodeAddress> nodes) {
  public SavedNodes {
    nodes = Set.copyOf(nodes);
  }
}
