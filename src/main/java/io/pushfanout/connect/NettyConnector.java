package io.pushfanout.connect;

import io.pushfanout.fanout.Connector;
import io.pushfanout.fanout.NodeConnection;
import io.pushfanout.model.NodeAddress;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Connects to nodes by gRPC over HTTP/2, with TLS or without. */
public final class NettyConnector implements Connector {
  private final EventLoops loops;
  private final Dialer dialer;
  private final ConnectOptions options;
  private final @Nullable TlsOptions tls;

  /**
   * @param loops stays the caller's to close, after all connections
   */
  public NettyConnector(EventLoops loops) {
    this(loops, ConnectOptions.DEFAULT);
  }

  /**
   * @param loops stays the caller's to close, after all connections
   * @param tls how to speak to all nodes
   */
  public NettyConnector(EventLoops loops, TlsOptions tls) {
    this(loops, ConnectOptions.DEFAULT, lookUps(loops, ConnectOptions.DEFAULT), tls);
  }

  NettyConnector(EventLoops loops, ConnectOptions options) {
    this(loops, options, lookUps(loops, options), null);
  }

  NettyConnector(EventLoops loops, ConnectOptions options, Dialer dialer) {
    this(loops, options, dialer, null);
  }

  private NettyConnector(
      EventLoops loops, ConnectOptions options, Dialer dialer, @Nullable TlsOptions tls) {
    this.loops = loops;
    this.options = options;
    this.dialer = dialer;
    this.tls = tls;
  }

  private static Dialer lookUps(EventLoops loops, ConnectOptions options) {
    return new Dialer(loops, options.connectTimeout(), InetAddress::getAllByName);
  }

  @Override
  public NodeConnection open(NodeAddress node, NodeConnection.Listener listener) {
    return new NettyConnection(node, loops.group().next(), dialer, options, tls, listener);
  }
}
