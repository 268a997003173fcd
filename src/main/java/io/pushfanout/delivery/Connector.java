package io.pushfanout.delivery;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import java.util.function.Supplier;

/** Makes connections to nodes: what an adapter for a wire protocol gives the engine. */
public interface Connector {
  /**
   * Makes the one connection to a node; it does nothing before {@link NodeConnection#start}.
   *
   * @param party gives whom the connection is for, from any thread: parties share look-ups, and are
   *     told apart by being equal or not
   * @param tls how to speak to the node, until {@link NodeConnection#speak} says otherwise
   * @param listener hears of everything that happens on it, on the connection's loop
   */
  NodeConnection open(
      NodeAddress node, Supplier<?> party, TlsChoice tls, NodeConnection.Listener listener);
}
