package io.pushfanout.connect;

import io.pushfanout.fanout.Connector;
import io.pushfanout.fanout.NodeConnection;
import io.pushfanout.model.NodeAddress;
import java.net.InetAddress;

/** Connects to nodes by unary gRPC calls over HTTP/2 without TLS. */
public final class NettyConnector implements Connector {
  private final EventLoops loops;
  private final Dialer dialer;
  private final ConnectOptions options;

  /**
   * @param loops stays the caller's to close, after all connections
   */
  public NettyConnector(EventLoops loops) {
    this(loops, ConnectOptions.DEFAULT);
  }

  NettyConnector(EventLoops loops, ConnectOptions options) {
    this(loops, options, new Dialer(loops, options.connectTimeout(), InetAddress::getAllByName));
  }

  NettyConnector(EventLoops loops, ConnectOptions options, Dialer dialer) {
    this.loops = loops;
    this.options = options;
    this.dialer = dialer;
  }

  @Override
  public NodeConnection open(NodeAddress node, NodeConnection.Listener listener) {
    return new NettyConnection(node, loops.group().next(), dialer, options, listener);
  }
}
