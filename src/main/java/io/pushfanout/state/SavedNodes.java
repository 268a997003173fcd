package io.pushfanout.state;

import io.pushfanout.model.NodeAddress;
import java.time.Instant;
import java.util.Set;

/**
 * The nodes of one service.
 *
 * @param asOf when etcd last said so
 */
public record SavedNodes(Instant asOf, Set<NodeAddress> nodes) {
  public SavedNodes {
    nodes = Set.copyOf(nodes);
  }
}
