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
 * A handler that copies the fragments of incomplete messages, so that each holds only its own
 * bytes. On arrival they are slices of a read buffer: a one-byte slice would keep 128 KiB alive,
 * unseen by {@link InboundByteCounter}. A call's last fragment, most often its only one, is not
 * kept and not copied. A connection with more small fragments than {@link SmallFrameLimiter}
 * permits is closed.
 *
 * <p>The handler waits in the pipeline for gRPC's HTTP/2 handler, and then leaves. With TLS it
 * waits behind the TLS handler: HTTP/2 comes with the end of the handshake, and its first frames
 * may come in the same read.
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
    private final SmallFrameLimiter limiter = new SmallFrameLimiter(nanoClock);
    private final Http2Connection connection;

    /** Key of a call's number of small fragments. */
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
      if (size < SmallFrameLimiter.NOT_SMALL_BYTES && !isExempt(stream) && !limiter.tryAdd()) {
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

    private boolean isExempt(int id) {
      Http2Stream stream = connection.stream(id);
      if (stream == null) {
        return true;
      }
      Integer before = stream.getProperty(tiny);
      int now = before == null ? 1 : before + 1;
      if (now <= SmallFrameLimiter.EXEMPT_PER_CALL) {
        stream.setProperty(tiny, now);
      }
      return now <= SmallFrameLimiter.EXEMPT_PER_CALL;
    }
  }
}
