package io.pushfanout.server.guard;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import java.time.Duration;

/** What a connection may do and how long it may last, whatever is called on it. */
public final class Http2Limits {
  /**
   * Room for {@code pushfanout-nodes} with the 100 dropped nodes of a reply, each with a host name
   * of the longest kind (26 KiB), and as much again for what proxies and tracing add.
   */
  private static final int MAX_METADATA_BYTES = 64 << 10;

  /**
   * What a caller may send ahead, on a connection and on each call. Fixed, since gRPC would else
   * measure the connection with PINGs all the time, and open the window to 8 MiB.
   */
  public static final int WINDOW_BYTES = 1 << 20;

  /**
   * At most one read (64 KiB) of a connection before the others have their turn: callers share the
   * loop with deliveries, and one that keeps thousands of calls in flight must not starve them.
   */
  private static final RecvByteBufAllocator ONE_READ_AT_A_TIME =
      new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(1);

  /** Callers with ordinary keepalive settings (10 s and more) must not be sent away. */
  private static final Duration PERMIT_KEEPALIVE = Duration.ofSeconds(10);

  private static final Duration HANDSHAKE = Duration.ofSeconds(20);

  /** A connection without a call is asked to go then; its caller comes back with its next call. */
  private static final Duration IDLE = Duration.ofMinutes(30);

  /** So that no connection has all of {@code --max-calls}. A client waits when it has so many. */
  private static final int CALLS_OF_CONNECTION = 2000;

  /**
   * More calls cancelled on one connection within a second than it may have in flight twice over:
   * no caller whose calls time out does that, and who begins calls to cancel them is cut off.
   */
  private static final int RESETS_MAX = 2 * CALLS_OF_CONNECTION;

  private static final Duration RESETS_WITHIN = Duration.ofSeconds(1);

  /**
   * For the calls of a connection that grew too old: longer than any caller is held. It ends what
   * would last for ever, such as a watch of health.
   */
  private static final Duration AGED_GRACE = Duration.ofMinutes(2);

  private Http2Limits() {}

  public static void applyTo(NettyServerBuilder server, Limits limits) {
    server
        .withChildOption(ChannelOption.RECVBUF_ALLOCATOR, ONE_READ_AT_A_TIME)
        .flowControlWindow(WINDOW_BYTES)
        .maxInboundMetadataSize(MAX_METADATA_BYTES)
        .permitKeepAliveTime(PERMIT_KEEPALIVE.toNanos(), NANOSECONDS)
        .permitKeepAliveWithoutCalls(true)
        .handshakeTimeout(HANDSHAKE.toNanos(), NANOSECONDS)
        .maxConnectionIdle(IDLE.toNanos(), NANOSECONDS)
        .maxConcurrentCallsPerConnection(Math.min(limits.maxCalls(), CALLS_OF_CONNECTION))
        .maxRstFramesPerWindow(RESETS_MAX, Math.toIntExact(RESETS_WITHIN.toSeconds()));
    if (!limits.maxConnectionAge().isZero()) {
      // With a jitter of 10 %, of gRPC's, so that callers do not all come back at once.
      server
          .maxConnectionAge(limits.maxConnectionAge().toNanos(), NANOSECONDS)
          .maxConnectionAgeGrace(AGED_GRACE.toNanos(), NANOSECONDS);
    }
  }
}
