package io.pushfanout.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which its caller does not say in time what every caller says at once, and
 * then leaves the pipeline. gRPC's own timeout ends with the TLS handshake, and so, without TLS,
 * before it begins.
 */
final class FirstBytes extends ChannelInboundHandlerAdapter {
  static final long PATIENCE_SECONDS = 20;

  /** HTTP/2's preface, and the head of the SETTINGS that has to follow it (RFC 9113, 3.4). */
  private static final int WANTED = 24 + 9;

  private int seen;
  private @Nullable Future<?> timer;

  @Override
  public void channelActive(ChannelHandlerContext context) {
    timer = context.executor().schedule(() -> context.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    seen += message instanceof ByteBuf bytes ? bytes.readableBytes() : WANTED;
    if (seen >= WANTED) {
      context.pipeline().remove(this);
    }
    context.fireChannelRead(message);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
