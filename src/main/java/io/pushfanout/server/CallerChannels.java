package io.pushfanout.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.pushfanout.http2.ServerConnection;
import io.pushfanout.server.guard.Http2Limits;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.server.guard.WriteBackpressureHandler;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A maker of callers' channels, which have TLS, HTTP/2, and a time for both to begin. */
final class CallerChannels {
  private static final AttributeKey<CallerSession> SESSION =
      AttributeKey.valueOf("pushfanout-caller-session");

  /** Divisor of the jitter of a connection's age, so that callers do not all reconnect at once. */
  private static final int AGE_JITTER_PART = 10;

  private final CallRouter router;
  private final ServerConnection.Options options;
  private final long maxAgeNanos;
  private final @Nullable SslContext tls;
  private final LongSupplier nanoClock;
  private final Map<EventLoop, IntakeGate> intakes = new ConcurrentHashMap<>();

  /**
   * @param tls null: plaintext
   */
  CallerChannels(
      CallRouter router, Limits limits, @Nullable SslContext tls, LongSupplier nanoClock) {
    this.router = router;
    this.options = Http2Limits.of(limits);
    this.maxAgeNanos = limits.maxConnectionAge().toNanos();
    this.tls = tls;
    this.nanoClock = nanoClock;
  }

  /** Makes the pipeline of an accepted channel. On its loop. */
  void init(Channel channel) {
    IntakeGate intake = intakes.computeIfAbsent(channel.eventLoop(), _ -> new IntakeGate());
    CallerSession session = new CallerSession(channel, router, intake, options, nanoClock);
    channel.attr(SESSION).set(session);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(new WriteBackpressureHandler(session.intake()::mayRead));
    if (tls == null) {
      pipeline.addLast(session.connection().handler());
    } else {
      SslHandler handler = tls.newHandler(channel.alloc());
      pipeline.addLast(handler, new Http2OverTls(session));
    }
    var _ =
        channel
            .eventLoop()
            .schedule(
                () -> closeUnlessBegun(session, channel),
                Http2Limits.HANDSHAKE.toNanos(),
                TimeUnit.NANOSECONDS);
    session.begin(jittered(maxAgeNanos));
  }

  private static void closeUnlessBegun(CallerSession session, Channel channel) {
    if (!session.isPrefaceRead()) {
      channel.close();
    }
  }

  private static long jittered(long nanos) {
    long jitter = nanos / AGE_JITTER_PART;
    return jitter == 0 ? nanos : nanos + ThreadLocalRandom.current().nextLong(-jitter, jitter);
  }

  /** Drains an accepted channel. On its loop. */
  void drain(Channel channel) {
    CallerSession session = channel.attr(SESSION).get();
    if (session == null) {
      channel.close();
    } else {
      session.drain();
    }
  }

  /** A handler that begins HTTP/2 once TLS has agreed on it. */
  private static final class Http2OverTls extends ApplicationProtocolNegotiationHandler {
    private final CallerSession session;

    Http2OverTls(CallerSession session) {
      super(ApplicationProtocolNames.HTTP_1_1);
      this.session = session;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
      if (ApplicationProtocolNames.HTTP_2.equals(protocol)) {
        context.pipeline().addLast(session.connection().handler());
      } else {
        context.close();
      }
    }

    @Override
    protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
      // The metrics count it.
      context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
