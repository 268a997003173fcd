package io.pushfanout.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import java.util.concurrent.TimeUnit;

/**
 * Copies the pieces of messages that are not whole yet. As they come they are slices of what was
 * read from the connection: one byte of a message among what is for nobody keeps 128 KiB, of which
 * {@link WireMeter} knows nothing. A call's last piece, which most often is its only one, is not
 * kept and not copied.
 *
 * <p>What gRPC keeps of each piece besides is more than a tiny one holds, and counts nowhere while
 * a call waits for a decision about its caller: who sends many of those is hung up on.
 *
 * <p>Waits in the pipeline for gRPC's HTTP/2, which comes after the TLS handshake, and leaves.
 */
final class SmallPieces extends ChannelInboundHandlerAdapter {
  /** Smaller than any client makes them that has more to send, in bytes. */
  private static final int TINY = 256;

  /** In a second, of one connection. */
  static final int TINY_MAX = 4000;

  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Http2ConnectionHandler http2 = context.pipeline().get(Http2ConnectionHandler.class);
    if (http2 != null) {
      http2.decoder().frameListener(new Copying(http2.decoder().frameListener()));
      context.pipeline().remove(this);
    }
    context.fireChannelRead(message);
  }

  private static final class Copying extends Http2FrameListenerDecorator {
    private long secondNanos;
    private int tiny;

    Copying(Http2FrameListener listener) {
      super(listener);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean isLast)
        throws Http2Exception {
      if (isLast) {
        return super.onDataRead(context, stream, data, padding, isLast);
      }
      int size = data.readableBytes();
      if (size < TINY) {
        countTiny();
      }
      ByteBuf copy = context.alloc().buffer(size, size).writeBytes(data);
      try {
        return super.onDataRead(context, stream, copy, padding, isLast);
      } finally {
        copy.release();
      }
    }

    private void countTiny() throws Http2Exception {
      long now = System.nanoTime();
      if (now - secondNanos >= SECOND_NANOS) {
        secondNanos = now;
        tiny = 0;
      }
      if (++tiny > TINY_MAX) {
        throw Http2Exception.connectionError(
            Http2Error.ENHANCE_YOUR_CALM, "too many tiny pieces of messages");
      }
    }
  }
}
