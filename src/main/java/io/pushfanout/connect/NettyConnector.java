package io.pushfanout.connect;

import io.netty.channel.EventLoop;
import io.pushfanout.fanout.Connector;
import io.pushfanout.fanout.NodeConnection;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import java.net.InetAddress;
import java.util.function.Supplier;

/** Connects to nodes by gRPC over HTTP/2, with TLS or without. */
public final class NettyConnector implements Connector {
  private final Supplier<EventLoop> loops;
  private final Dialing dialer;
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
    this(
        loops.group()::next,
        ConnectOptions.DEFAULT,
        lookUps(loops, ConnectOptions.DEFAULT),
        profiles);
  }

  NettyConnector(EventLoops loops, ConnectOptions options) {
    this(loops, options, lookUps(loops, options));
  }

  NettyConnector(EventLoops loops, ConnectOptions options, Dialing dialer) {
    this(loops.group()::next, options, dialer, TlsProfiles.NONE);
  }

  /**
   * @param loops gives each connection the loop of its life
   */
  NettyConnector(
      Supplier<EventLoop> loops, ConnectOptions options, Dialing dialer, TlsProfiles profiles) {
    this.loops = loops;
    this.options = options;
    this.dialer = dialer;
    this.profiles = profiles;
  }

  private static Dialing lookUps(EventLoops loops, ConnectOptions options) {
    return new Dialer(loops, options.connectTimeout(), InetAddress::getAllByName);
  }

  @Override
  public NodeConnection open(NodeAddress node, TlsChoice tls, NodeConnection.Listener listener) {
    return new NettyConnection(node, loops.get(), dialer, options, profiles, tls, listener);
  }
}
