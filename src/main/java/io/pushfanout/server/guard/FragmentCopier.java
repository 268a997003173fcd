package io.pushfanout.server.guard;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslHandler;
import java.util.function.LongSupplier;

/**
 * Copies the pieces of messages that are not whole yet, so that each holds bytes of its own alone.
 * As they come they are slices of what was read from the connection: one byte of a message among
 * what is for nobody keeps 128 KiB, of which {@link InboundByteCounter} knows nothing. A call's
 * last piece, which most often is its only one, is not kept and not copied. Who sends more {@link
 * SmallFrameLimiter} than may come is hung up on.
 *
 * <p>Waits in the pipeline for gRPC's HTTP/2, and leaves. With TLS it waits behind that: HTTP/2
 * comes with the end of the handshake, and its first frames may come with it in what was read.
 */
final class FragmentCopier extends ChannelInboundHandlerAdapter {
  private final LongSupplier nanoClock;
  private final boolean behindTls;

  FragmentCopier(LongSupplier nanoClock) {
    this(nanoClock, false);
  }

  private FragmentCopier(LongSupplier nanoClock, boolean behindTls) {
    this.nanoClock = nanoClock;
    this.behindTls = behindTls;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ChannelPipeline pipeline = context.pipeline();
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    ChannelHandlerContext tls = pipeline.context(SslHandler.class);
    if (http2 != null) {
      http2
          .decoder()
          .frameListener(new Copying(http2.decoder().frameListener(), http2.connection()));
      pipeline.remove(this);
    } else if (tls != null && !behindTls) {
      pipeline.remove(this);
      pipeline.addAfter(tls.name(), null, new FragmentCopier(nanoClock, true));
    }
    context.fireChannelRead(message);
  }

  private final class Copying extends Http2FrameListenerDecorator {
    private final SmallFrameLimiter tinyPieces = new SmallFrameLimiter(nanoClock);
    private final Http2Connection connection;

    /** Of a call: how many tiny pieces it has had. */
    private final PropertyKey tiny;

    Copying(Http2FrameListener listener, Http2Connection connection) {
      super(listener);
      this.connection = connection;
      tiny = connection.newKey();
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean isLast)
        throws Http2Exception {
      if (isLast) {
        return super.onDataRead(context, stream, data, padding, isLast);
      }
      int size = data.readableBytes();
      if (size < SmallFrameLimiter.LARGE_ENOUGH
          && !isOneOfTheFirst(stream)
          && !tinyPieces.mayCome()) {
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

    private boolean isOneOfTheFirst(int id) {
      Http2Stream stream = connection.stream(id);
      if (stream == null) {
        return true;
      }
      Integer before = stream.getProperty(tiny);
      int now = before == null ? 1 : before + 1;
      if (now <= SmallFrameLimiter.OF_ANY_CALL) {
        stream.setProperty(tiny, now);
      }
      return now <= SmallFrameLimiter.OF_ANY_CALL;
    }
  }
}
