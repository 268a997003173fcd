package io.pushfanout.delivery;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import java.util.function.Supplier;

/**
 * A connector that opens connections to nodes: the port that an adapter for a wire protocol
 * implements.
 */
public interface Connector {
  /**
   * Opens the one connection to a node, which does nothing before {@link NodeConnection#start}.
   *
   * @param party supplier of the party that the connection belongs to, called on any thread;
   *     connections of equal parties share look-ups
   * @param tls the TLS choice until {@link NodeConnection#speak} changes it
   * @param listener receiver of all events of the connection, on the connection's loop
   */
  NodeConnection open(
      NodeAddress node, Supplier<?> party, TlsChoice tls, NodeConnection.Listener listener);
}
