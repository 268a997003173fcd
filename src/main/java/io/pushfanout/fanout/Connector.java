package io.pushfanout.fanout;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;

/** Makes connections to nodes: what an adapter for a wire protocol gives the engine. */
public interface Connector {
  /**
   * Makes the one connection to a node; it does nothing before {@link NodeConnection#start}.
   *
   * @param tls how to speak to the node, until {@link NodeConnection#speak} says otherwise
   * @param listener hears of everything that happens on it, on the connection's loop
   */
  NodeConnection open(NodeAddress node, TlsChoice tls, NodeConnection.Listener listener);
}
