package io.pushfanout.fanout;

import io.pushfanout.delivery.FakeLoop;
import io.pushfanout.delivery.NodeConnection.Connector;

/** Nodes that are never connected, for tests of other packages. */
public final class Unconnected {
  private Unconnected() {}

  public static Connector on(FakeLoop loop) {
    return (_, _, tls, listener) -> new ScriptedNode(loop, tls, listener);
  }
}
