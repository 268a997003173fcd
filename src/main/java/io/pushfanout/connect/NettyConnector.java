package io.pushfanout.connect;

import io.pushfanout.fanout.Connector;
import io.pushfanout.fanout.NodeConnection;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import java.net.InetAddress;

/** Connects to nodes by gRPC over HTTP/2, with TLS or without. */
public final class NettyConnector implements Connector {
  private final EventLoops loops;
  private final Dialer dialer;
  private final ConnectOptions options;
  private final TlsProfiles profiles;

  /**
   * @param loops stays the caller's to close, after all connections
   */
  public NettyConnector(EventLoops loops) {
    this(loops, ConnectOptions.DEFAULT);
  }

  /**
   * @param loops stays the caller's to close, after all connections
   * @param profiles what nodes that are to be spoken to by TLS may be spoken to by
   */
  public NettyConnector(EventLoops loops, TlsProfiles profiles) {
    this(loops, ConnectOptions.DEFAULT, lookUps(loops, ConnectOptions.DEFAULT), profiles);
  }

  NettyConnector(EventLoops loops, ConnectOptions options) {
    this(loops, options, lookUps(loops, options), TlsProfiles.NONE);
  }

  NettyConnector(EventLoops loops, ConnectOptions options, Dialer dialer) {
    this(loops, options, dialer, TlsProfiles.NONE);
  }

  private NettyConnector(
      EventLoops loops, ConnectOptions options, Dialer dialer, TlsProfiles profiles) {
    this.loops = loops;
    this.options = options;
    this.dialer = dialer;
    this.profiles = profiles;
  }

  private static Dialer lookUps(EventLoops loops, ConnectOptions options) {
    return new Dialer(loops, options.connectTimeout(), InetAddress::getAllByName);
  }

  @Override
  public NodeConnection open(NodeAddress node, TlsChoice tls, NodeConnection.Listener listener) {
    return new NettyConnection(
        node, loops.group().next(), dialer, options, profiles, tls, listener);
  }
}
