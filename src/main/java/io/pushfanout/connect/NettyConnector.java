package io.pushfanout.connect;

import io.netty.channel.EventLoop;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeConnection.Connector;
import io.pushfanout.lookup.LookUps;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import java.time.Duration;
import java.util.function.Supplier;

/** A connector to nodes by gRPC over HTTP/2, with TLS or without. */
public final class NettyConnector implements Connector {
  /**
   * The timeouts and limits that only tests override.
   *
   * @param connectTimeout time for the look-up of a name, and again for TCP and the node's SETTINGS
   * @param callsPerConnection calls after which a new connection is made; HTTP/2 has 2^30 stream
   *     ids for a client, and none can be used twice
   * @param cachesHeaders whether repeated header blocks are cached, not coded again
   */
  record Options(
      Duration connectTimeout,
      KeepAlivePolicy.Config keepAlive,
      int callsPerConnection,
      boolean cachesHeaders) {
    static final Options DEFAULT =
        new Options(Duration.ofSeconds(10), KeepAlivePolicy.Config.DEFAULT, 1_000_000_000, true);
  }

  private final Supplier<EventLoop> loops;
  private final Dial.Network network;
  private final Options options;
  private final TlsProfiles profiles;

  /**
   * @param loops stays the caller's to close, after all connections
   * @param profiles the TLS profiles that nodes may use
   * @param callers the most connections of callers at a time: nodes take none of their file
   *     descriptors, as long as half of all is left to nodes
   */
  public NettyConnector(EventLoops loops, TlsProfiles profiles, int callers) {
    this(loops.group()::next, Options.DEFAULT, network(loops, callers), profiles);
  }

  /**
   * @param loops supplier of the one loop of each connection
   */
  NettyConnector(
      Supplier<EventLoop> loops, Options options, Dial.Network network, TlsProfiles profiles) {
    this.loops = loops;
    this.options = options;
    this.network = network;
    this.profiles = profiles;
  }

  /** Returns the network of this machine. */
  static Dial.Network network(EventLoops loops, int callers) {
    return new Dial.Network(
        new SystemNameResolver(new LookUps()),
        new TcpOpener(loops, DescriptorShare.ofProcess(callers)));
  }

  @Override
  public NodeConnection open(
      NodeAddress node, Supplier<?> party, TlsChoice tls, NodeConnection.Listener listener) {
    return new ReconnectingConnection(
        node, party, loops.get(), network, options, profiles, tls, listener);
  }
}
