package io.pushfanout.connect;

import io.netty.channel.EventLoop;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeConnection.Connector;
import io.pushfanout.lookup.LookUps;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import java.util.function.Supplier;

/** A connector to nodes by gRPC over HTTP/2, with TLS or without. */
public final class NettyConnector implements Connector {
  private final Supplier<EventLoop> loops;
  private final Dial.Network network;
  private final ConnectOptions options;
  private final TlsProfiles profiles;

  /**
   * Creates a connector for nodes in plaintext, in a process without callers.
   *
   * @param loops stays the caller's to close, after all connections
   */
  public NettyConnector(EventLoops loops) {
    this(loops, ConnectOptions.DEFAULT);
  }

  /**
   * @param loops stays the caller's to close, after all connections
   * @param profiles the TLS profiles that nodes may use
   * @param callers the most connections of callers at a time: nodes take none of their file
   *     descriptors, as long as half of all is left to nodes
   */
  public NettyConnector(EventLoops loops, TlsProfiles profiles, int callers) {
    this(loops.group()::next, ConnectOptions.DEFAULT, network(loops, callers), profiles);
  }

  NettyConnector(EventLoops loops, ConnectOptions options) {
    this(loops, options, network(loops, 0));
  }

  NettyConnector(EventLoops loops, ConnectOptions options, Dial.Network network) {
    this(loops.group()::next, options, network, TlsProfiles.NONE);
  }

  /**
   * @param loops supplier of the one loop of each connection
   */
  NettyConnector(
      Supplier<EventLoop> loops,
      ConnectOptions options,
      Dial.Network network,
      TlsProfiles profiles) {
    this.loops = loops;
    this.options = options;
    this.network = network;
    this.profiles = profiles;
  }

  private static Dial.Network network(EventLoops loops, int callers) {
    return new Dial.Network(
        new SystemResolver(new LookUps()),
        new TcpOpener(loops, DescriptorShare.ofProcess(callers)));
  }

  @Override
  public NodeConnection open(
      NodeAddress node, Supplier<?> party, TlsChoice tls, NodeConnection.Listener listener) {
    return new ReconnectingConnection(
        node, party, loops.get(), network, options, profiles, tls, listener);
  }
}
