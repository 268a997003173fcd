package io.pushfanout.server.guard;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A handler that closes a connection whose caller has not sent HTTP/2's preface in time, and the
 * SETTINGS that must follow it (RFC 9113, 3.4), after a TLS handshake if there is TLS. gRPC's own
 * timeout ends with that handshake; without TLS it ends at once.
 */
final class PrefaceTimeoutHandler extends ChannelInboundHandlerAdapter {
  static final long TIMEOUT_SECONDS = 20;

  private @Nullable Future<?> timer;

  @Override
  public void channelActive(ChannelHandlerContext context) {
    timer =
        context.executor().schedule(() -> onTimeout(context), TIMEOUT_SECONDS, TimeUnit.SECONDS);
    context.fireChannelActive();
  }

  /** Closes the connection without a preface, when the time is over. On the connection's loop. */
  public static void onTimeout(ChannelHandlerContext context) {
    Http2ConnectionHandler http2 = context.pipeline().get(Http2ConnectionHandler.class);
    if (http2 != null && http2.decoder().prefaceReceived()) {
      context.pipeline().remove(context.handler());
    } else {
      context.close();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
