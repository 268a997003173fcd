package io.pushfanout.bench;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.FixedLengthFrameDecoder;
import io.pushfanout.connect.EventLoops;
import io.pushfanout.fanout.NodeConnection;
import io.pushfanout.fanout.NodeStream;
import io.pushfanout.fanout.QueuedMessage;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The least that a connection to a node can do: each request with its length before it, and from
 * the node the number of all that it has handled. No deadlines, no dialling again: it is what
 * others are measured against.
 */
final class RawTcpConnection implements NodeConnection {
  private static final int FIRST_BATCH = 4096;

  private final NodeAddress node;
  private final EventLoop loop;
  private final Class<? extends Channel> channelClass;
  private final Listener engine;
  private final Queue<QueuedMessage> unanswered = new ArrayDeque<>();

  private @Nullable Channel channel;
  private @Nullable ByteBuf batch;
  private long handled;
  private boolean availableOwed;

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
                fresh.pipeline().addLast(new FixedLengthFrameDecoder(Long.BYTES), new Answers());
              }
            })
        .connect(new InetSocketAddress(node.host(), node.port()));
  }

  @Override
  public void reconnectNow() {
    // It does not dial again.
  }

  @Override
  public boolean available() {
    boolean available = channel != null && channel.isWritable();
    availableOwed = !available;
    return available;
  }

  @Override
  public void deliver(QueuedMessage message, long timeoutNanos) {
    Channel open = requireNonNull(channel, "deliver() while not available()");
    ByteBuf to = batch == null ? open.alloc().directBuffer(FIRST_BATCH) : batch;
    batch = to;
    byte[] bytes = message.payload().bytes();
    to.writeInt(bytes.length).writeBytes(bytes);
    unanswered.add(message);
    if (to.readableBytes() >= open.config().getWriteBufferHighWaterMark()) {
      // So that isWritable() knows of it.
      batch = null;
      open.write(to, open.voidPromise());
    }
  }

  @Override
  public NodeStream openStream(NodeStream.Listener listener) {
    throw new UnsupportedOperationException("delivery.mode is Unary here");
  }

  @Override
  public void flush() {
    ByteBuf last = batch;
    batch = null;
    if (channel != null && last != null) {
      channel.writeAndFlush(last, channel.voidPromise());
    } else if (channel != null) {
      channel.flush();
    }
  }

  @Override
  public void close() {
    if (channel != null) {
      channel.close();
      channel = null;
    }
    for (QueuedMessage m = unanswered.poll(); m != null; m = unanswered.poll()) {
      engine.onCompleted(m, StatusCode.CANCELLED, "closed");
    }
  }

  /** The node's side. */
  private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      channel = context.channel();
      engine.onConnected(Integer.MAX_VALUE);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
      long now = in.readLong();
      for (; handled < now; handled++) {
        engine.onCompleted(requireNonNull(unanswered.poll()), StatusCode.OK, "");
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (availableOwed && available()) {
        engine.onAvailable();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      channel = null;
      engine.onDisconnected("the node has closed it", false);
    }
  }
}
