package io.pushfanout.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import java.util.function.LongSupplier;

/**
 * Copies the pieces of messages that are not whole yet, so that each holds bytes of its own alone.
 * As they come they are slices of what was read from the connection: one byte of a message among
 * what is for nobody keeps 128 KiB, of which {@link WireMeter} knows nothing. A call's last piece,
 * which most often is its only one, is not kept and not copied. Who sends more {@link TinyPieces}
 * than may come is hung up on.
 *
 * <p>Waits in the pipeline for gRPC's HTTP/2, which comes after the TLS handshake, and leaves.
 */
final class OwnPieces extends ChannelInboundHandlerAdapter {
  private final LongSupplier nanoClock;

  OwnPieces(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Http2ConnectionHandler http2 = context.pipeline().get(Http2ConnectionHandler.class);
    if (http2 != null) {
      http2
          .decoder()
          .frameListener(new Copying(http2.decoder().frameListener(), new TinyPieces(nanoClock)));
      context.pipeline().remove(this);
    }
    context.fireChannelRead(message);
  }

  private static final class Copying extends Http2FrameListenerDecorator {
    private final TinyPieces tinyPieces;

    Copying(Http2FrameListener listener, TinyPieces tinyPieces) {
      super(listener);
      this.tinyPieces = tinyPieces;
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean isLast)
        throws Http2Exception {
      if (isLast) {
        return super.onDataRead(context, stream, data, padding, isLast);
      }
      int size = data.readableBytes();
      if (!tinyPieces.mayCome(size)) {
        throw Http2Exception.connectionError(
            Http2Error.ENHANCE_YOUR_CALM, "too many tiny pieces of messages");
      }
      ByteBuf copy = context.alloc().buffer(size, size).writeBytes(data);
      try {
        return super.onDataRead(context, stream, copy, padding, isLast);
      } finally {
        copy.release();
      }
    }
  }
}
