package io.pushfanout.server.guard;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.pushfanout.http2.ServerConnection;
import java.time.Duration;

/** The limits on a connection and on its duration, for every service. */
public final class Http2Limits {
  /**
   * Bytes of a call's headers: room for {@code pushfanout-nodes} with the 100 dropped nodes of a
   * reply, each with a host name of the longest kind (26 KiB), and as much again for the headers of
   * proxies and tracing.
   */
  private static final int MAX_METADATA_BYTES = 64 << 10;

  /** Bytes that a caller may send ahead, on a connection and on each call. */
  public static final int WINDOW_BYTES = 1 << 20;

  /**
   * Allocator with at most one read (64 KiB) of a connection before the others have their turn:
   * callers share the loop with deliveries, and a connection with thousands of calls in flight must
   * not starve them.
   */
  public static final RecvByteBufAllocator ONE_READ_AT_A_TIME =
      new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(1);

  /**
   * Shortest permitted keepalive interval: callers with ordinary settings (10 s and more) must not
   * be disconnected.
   */
  public static final Duration PERMIT_KEEPALIVE = Duration.ofSeconds(10);

  /** Time for a connection to begin, by TLS and by HTTP/2's preface. */
  public static final Duration HANDSHAKE = Duration.ofSeconds(20);

  /**
   * Time until a connection without a call gets GOAWAY; its caller reconnects with its next call.
   */
  public static final Duration IDLE = Duration.ofMinutes(30);

  /**
   * Calls of one connection, so that none has all of {@code --max-calls}. A client waits at the
   * limit.
   */
  private static final int CALLS_OF_CONNECTION = 2000;

  /**
   * Cancelled calls of one connection within a second, twice the calls that it may have in flight:
   * callers with timeouts stay below that, and a caller that begins calls to cancel them is
   * disconnected.
   */
  private static final int RESETS_MAX = 2 * CALLS_OF_CONNECTION;

  /**
   * Time for the calls of a connection that grew too old: longer than any caller is held. It ends
   * endless calls, such as a watch of health.
   */
  public static final Duration AGED_GRACE = Duration.ofMinutes(2);

  private Http2Limits() {}

  /** Returns the limits of a connection. */
  public static ServerConnection.Options of(Limits limits) {
    return new ServerConnection.Options(
        Math.min(limits.maxCalls(), CALLS_OF_CONNECTION),
        WINDOW_BYTES,
        MAX_METADATA_BYTES,
        RESETS_MAX,
        true);
  }
}
