package io.pushfanout.server.guard;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which its caller has not said in time what every caller says at once:
 * HTTP/2's preface, and the SETTINGS that have to follow it (RFC 9113, 3.4), behind a TLS handshake
 * where there is TLS. gRPC's own timeout ends with that handshake, and so, without TLS, before
 * anything.
 */
public final class PrefaceTimeoutHandler extends ChannelInboundHandlerAdapter {
  static final long PATIENCE_SECONDS = 20;

  private @Nullable Future<?> timer;

  @Override
  public void channelActive(ChannelHandlerContext context) {
    timer = context.executor().schedule(() -> decide(context), PATIENCE_SECONDS, TimeUnit.SECONDS);
    context.fireChannelActive();
  }

  /** The time is over. On the connection's loop. */
  public static void decide(ChannelHandlerContext context) {
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
