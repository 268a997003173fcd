package io.pushfanout.server.guard;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.pushfanout.share.Shares;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in so many connections at a time, of which each address has its share, and closes the others
 * as they are accepted, before anything is spent on them. Whoever is let in has to speak within
 * some time, and to read.
 *
 * <p>Sits in the pipeline of the listening channel, where what is read are connections.
 */
@ChannelHandler.Sharable
public final class ConnectionLimitHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLimitHandler.class);

  /** A call that left before its caller heard of the goodbye is here after that. */
  private static final Duration ON_THEIR_WAY = Duration.ofMillis(250);

  private static final long TELL_EVERY_NANOS = 60_000_000_000L;

  /** Of each address. */
  private final Shares shares;

  private final OverShare watch;

  private final LongSupplier nanoClock;
  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final TlsHandshakeMetrics handshakes = new TlsHandshakeMetrics();
  private long toldNanos;
  private long toldRefused;

  public ConnectionLimitHandler(int max, LongSupplier nanoClock) {
    this.shares = new Shares(max);
    this.watch = new OverShare(shares, "connections, of --max-connections,", nanoClock);
    this.nanoClock = nanoClock;
    this.toldNanos = nanoClock.getAsLong() - TELL_EVERY_NANOS;
  }

  /** Makes listening channels that have this gate. */
  public ChannelFactory<ServerChannel> gated(Class<? extends ServerChannel> type) {
    ChannelFactory<? extends ServerChannel> channels = new ReflectiveChannelFactory<>(type);
    return () -> {
      ServerChannel channel = channels.newChannel();
      channel.pipeline().addLast(this);
      return channel;
    };
  }

  /** Of each address. */
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
   * Asks those that are open now to go, by GOAWAY: what they have begun is served, the next call
   * comes on another connection, where it may find another server. Not on an event loop.
   *
   * @param patience to wait for them to have gone
   */
  public void sendAway(Duration patience) throws InterruptedException {
    for (Channel connection : open) {
      connection.eventLoop().execute(() -> sayGoodbye(connection));
    }
    open.newCloseFuture().await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** First in words that allow for calls on their way, and once these are here for good. */
  private static void sayGoodbye(Channel connection) {
    if (goAway(connection, Integer.MAX_VALUE)) {
      connection
          .eventLoop()
          .schedule(() -> leave(connection), ON_THEIR_WAY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static void leave(Channel connection) {
    Http2ConnectionHandler http2 = connection.pipeline().get(Http2ConnectionHandler.class);
    if (http2 != null && goAway(connection, http2.connection().remote().lastStreamCreated())) {
      // Through the handler, which waits for the calls that are under way.
      connection.close();
    }
  }

  private static boolean goAway(Channel connection, int lastStream) {
    ChannelHandlerContext context = connection.pipeline().context(Http2ConnectionHandler.class);
    if (context == null) {
      return false;
    }
    ((Http2ConnectionHandler) context.handler())
        .goAway(
            context,
            lastStream,
            Http2Error.NO_ERROR.code(),
            Unpooled.EMPTY_BUFFER,
            context.newPromise());
    context.flush();
    return true;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel connection = (Channel) accepted;
    Object address = address(connection);
    if (!shares.tryTake(address)) {
      connection.unsafe().closeForcibly();
      tell();
      return;
    }
    connection.closeFuture().addListener(_ -> shares.giveBack(address));
    open.add(connection);
    connection
        .pipeline()
        .addLast(
            new PrefaceTimeoutHandler(),
            new FragmentCopier(nanoClock),
            new WriteBackpressureHandler(),
            handshakes.meter());
    context.fireChannelRead(connection);
  }

  private static Object address(Channel connection) {
    return CallerKey.network(connection.remoteAddress());
  }

  /** On the listening channel's loop. */
  private void tell() {
    long now = nanoClock.getAsLong();
    if (now - toldNanos < TELL_EVERY_NANOS) {
      return;
    }
    toldNanos = now;
    long all = refused();
    log.warn(
        "{} callers' connections are open, of --max-connections {}, an address has its share:"
            + " {} more were refused",
        open.size(),
        shares.capacity(),
        all - toldRefused);
    toldRefused = all;
  }
}
