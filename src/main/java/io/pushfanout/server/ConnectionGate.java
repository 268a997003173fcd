package io.pushfanout.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in so many connections at a time, and closes the others as they are accepted, before
 * anything is spent on them. Whoever is let in has to speak within some time, and to read.
 *
 * <p>Sits in the pipeline of the listening channel, where what is read are connections.
 */
@ChannelHandler.Sharable
final class ConnectionGate extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(ConnectionGate.class);
  private static final long TELL_EVERY_NANOS = 60_000_000_000L;

  private final int max;
  private final LongSupplier nanoClock;
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder refused = new LongAdder();
  private long toldNanos;
  private long toldRefused;

  ConnectionGate(int max, LongSupplier nanoClock) {
    this.max = max;
    this.nanoClock = nanoClock;
    this.toldNanos = nanoClock.getAsLong() - TELL_EVERY_NANOS;
  }

  /** Makes listening channels that have this gate. */
  ChannelFactory<ServerChannel> gated(Class<? extends ServerChannel> type) {
    ChannelFactory<? extends ServerChannel> channels = new ReflectiveChannelFactory<>(type);
    return () -> {
      ServerChannel channel = channels.newChannel();
      channel.pipeline().addLast(this);
      return channel;
    };
  }

  int open() {
    return open.get();
  }

  long refused() {
    return refused.sum();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel connection = (Channel) accepted;
    if (open.incrementAndGet() > max) {
      open.decrementAndGet();
      refused.increment();
      connection.unsafe().closeForcibly();
      tell();
      return;
    }
    connection.closeFuture().addListener(_ -> open.decrementAndGet());
    connection.pipeline().addLast(new FirstBytes(), new UnreadAnswers());
    context.fireChannelRead(connection);
  }

  /** On the listening channel's loop. */
  private void tell() {
    long now = nanoClock.getAsLong();
    if (now - toldNanos < TELL_EVERY_NANOS) {
      return;
    }
    toldNanos = now;
    long all = refused.sum();
    log.warn(
        "{} callers' connections are open, which is --max-connections: {} more were refused",
        max,
        all - toldRefused);
    toldRefused = all;
  }
}
