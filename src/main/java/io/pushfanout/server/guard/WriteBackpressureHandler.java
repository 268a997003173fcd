package io.pushfanout.server.guard;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes nothing more of a caller that does not read its answers, and closes the connection when it
 * still reads none after some time: whoever asks without end and never listens would have us keep
 * the answers. That is from 64 KiB of them on, Netty's high-water mark.
 */
final class WriteBackpressureHandler extends ChannelInboundHandlerAdapter {
  private static final long PATIENCE_SECONDS = 20;

  private @Nullable Future<?> timer;

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    boolean reads = context.channel().isWritable();
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    if (!reads) {
      timer =
          context.executor().schedule(() -> context.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    context.channel().config().setAutoRead(reads);
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (timer != null) {
      timer.cancel(false);
    }
    context.fireChannelInactive();
  }
}
