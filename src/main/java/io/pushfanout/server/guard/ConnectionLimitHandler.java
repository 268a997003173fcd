package io.pushfanout.server.guard;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.pushfanout.share.Shares;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A limit on the open connections, of which each address has its share. Connections beyond it are
 * closed as they are accepted, before anything is spent on them.
 *
 * <p>The handler sits in the pipeline of the listening channel, where the reads are connections.
 */
@ChannelHandler.Sharable
public final class ConnectionLimitHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLimitHandler.class);

  private static final long LOG_EVERY_NANOS = 60_000_000_000L;

  /** Connections of each address. */
  private final Shares shares;

  private final OverShare watch;

  private final LongSupplier nanoClock;
  private final Consumer<Channel> startDrain;
  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final TlsHandshakeMetrics handshakes = new TlsHandshakeMetrics();
  private long loggedNanos;
  private long loggedRefusals;

  /**
   * @param startDrain starts to drain a connection, on its loop
   */
  public ConnectionLimitHandler(int max, LongSupplier nanoClock, Consumer<Channel> startDrain) {
    this.startDrain = startDrain;
    this.shares = new Shares(max);
    this.watch = new OverShare(shares, "connections, of --max-connections,", nanoClock);
    this.nanoClock = nanoClock;
    this.loggedNanos = nanoClock.getAsLong() - LOG_EVERY_NANOS;
  }

  /** Returns a factory of listening channels with this handler. */
  public ChannelFactory<ServerChannel> channelFactory(Class<? extends ServerChannel> type) {
    ChannelFactory<? extends ServerChannel> channels = new ReflectiveChannelFactory<>(type);
    return () -> {
      ServerChannel channel = channels.newChannel();
      channel.pipeline().addLast(this);
      return channel;
    };
  }

  /** Returns the addresses' shares. */
  public OverShare shares() {
    return watch;
  }

  public int open() {
    return open.size();
  }

  public long refused() {
    return shares.refusals();
  }

  public TlsHandshakeMetrics handshakes() {
    return handshakes;
  }

  /**
   * Drains the connections that are open now, by GOAWAY: the calls begun are served, and the next
   * call comes on another connection, where it may find another server. Not on an event loop.
   *
   * @param patience the longest wait for the connections to close
   */
  public void drain(Duration patience) throws InterruptedException {
    for (Channel connection : open) {
      connection.eventLoop().execute(() -> startDrain.accept(connection));
    }
    open.newCloseFuture().await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Closes the connections that are open now.
   *
   * @param patience the longest wait
   */
  public void closeAll(Duration patience) throws InterruptedException {
    open.close().await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object opened) {
    Channel connection = (Channel) opened;
    Object address = address(connection);
    if (!shares.tryTake(address)) {
      connection.unsafe().closeForcibly();
      logRefusals();
      return;
    }
    connection.closeFuture().addListener(_ -> shares.giveBack(address));
    open.add(connection);
    connection.pipeline().addLast(handshakes.meter());
    context.fireChannelRead(connection);
  }

  private static Object address(Channel connection) {
    return CallerKey.network(connection.remoteAddress());
  }

  /** Logs refused connections, once a minute at most. On the listening channel's loop. */
  private void logRefusals() {
    long now = nanoClock.getAsLong();
    if (now - loggedNanos < LOG_EVERY_NANOS) {
      return;
    }
    loggedNanos = now;
    long all = refused();
    log.warn(
        "{} callers' connections are open, of --max-connections {}, an address has its share:"
            + " {} more were refused",
        open.size(),
        shares.capacity(),
        all - loggedRefusals);
    loggedRefusals = all;
  }
}
