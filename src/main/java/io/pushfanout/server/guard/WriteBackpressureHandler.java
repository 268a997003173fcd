package io.pushfanout.server.guard;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A handler that stops reading from a caller that does not read its replies, and closes the
 * connection if the caller still reads none after 20 s. Otherwise a caller that sends without end
 * and never reads would fill the memory with replies. The handler acts from 64 KiB of replies on,
 * Netty's high-water mark.
 */
public final class WriteBackpressureHandler extends ChannelInboundHandlerAdapter {
  private static final long TIMEOUT_SECONDS = 20;

  private final BooleanSupplier mayRead;
  private @Nullable Future<?> timer;

  /**
   * @param mayRead whether nothing else stops the reading
   */
  public WriteBackpressureHandler(BooleanSupplier mayRead) {
    this.mayRead = mayRead;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    boolean reads = context.channel().isWritable();
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    if (!reads) {
      timer = context.executor().schedule(() -> context.close(), TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
    context.channel().config().setAutoRead(reads && mayRead.getAsBoolean());
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
