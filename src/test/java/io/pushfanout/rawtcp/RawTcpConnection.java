package io.pushfanout.rawtcp;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.FixedLengthFrameDecoder;
import io.pushfanout.connect.EventLoops;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.queue.QueuedMessage;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The smallest connection to a node, the baseline of measurements: a channel that carries one
 * {@link RawTcpStream} after another, without calls, deadlines or reconnects.
 */
final class RawTcpConnection implements NodeConnection {
  private final NodeAddress node;
  private final EventLoop loop;
  private final Class<? extends Channel> channelClass;
  private final Listener engine;
  private @Nullable Channel channel;

  RawTcpConnection(NodeAddress node, EventLoops loops, Listener engine) {
    this.node = node;
    this.loop = loops.group().next();
    this.channelClass = loops.clientChannel();
    this.engine = engine;
  }

  @Override
  public ScheduledExecutorService loop() {
    return loop;
  }

  @Override
  public void start() {
    new Bootstrap()
        .group(loop)
        .channel(channelClass)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel fresh) {
                fresh.pipeline().addLast(new FixedLengthFrameDecoder(Long.BYTES), new Life());
              }
            })
        .connect(new InetSocketAddress(node.host(), node.port()));
  }

  @Override
  public void reconnectNow() {
    // The connection never dials again.
  }

  @Override
  public void setTls(TlsChoice tls) {
    // Raw TCP is the one transport.
  }

  @Override
  public void target(@Nullable DeliveryTarget target) {
    // The node is no fan-out server.
  }

  @Override
  public boolean available() {
    return channel != null;
  }

  @Override
  public void deliver(QueuedMessage message, long timeoutNanos) {
    throw new UnsupportedOperationException("it streams");
  }

  /**
   * Opens the one stream of this connection: first the empty probe, and then the worker's stream.
   */
  @Override
  public NodeStream openStream(NodeStream.Listener listener) {
    RawTcpStream stream = new RawTcpStream(requireNonNull(channel), listener);
    requireNonNull(channel).pipeline().addLast(stream);
    return stream;
  }

  @Override
  public List<QueuedMessage> reset() {
    return List.of();
  }

  @Override
  public void flush() {
    if (channel != null) {
      channel.flush();
    }
  }

  @Override
  public void close() {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }

  /** Reports the channel's life to the engine. */
  private final class Life extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      channel = context.channel();
      engine.onConnected(1);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      channel = null;
      context.fireChannelInactive();
      engine.onDisconnected("the node has closed it", false);
    }
  }
}
