package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.pushfanout.concurrent.StepClock;
import java.util.List;

/**
 * The channel handler of an {@link Endpoint}, which cuts the bytes read into frames for its
 * listener.
 */
class FrameHandler extends ByteToMessageDecoder {
  private final Endpoint<?> endpoint;
  private final FrameReader reader;
  private final FrameReader.Listener inbound;
  private boolean begun;

  FrameHandler(Endpoint<?> endpoint, FrameReader reader, FrameReader.Listener inbound) {
    this.endpoint = endpoint;
    this.reader = reader;
    this.inbound = inbound;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    endpoint.onChannel(ctx);
    if (ctx.channel().isActive()) {
      begin(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    begin(ctx);
    super.channelActive(ctx);
  }

  private void begin(ChannelHandlerContext ctx) {
    if (!begun) {
      begun = true;
      endpoint.begin(ctx);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
    StepClock.begin();
    endpoint.onReadBegin();
    try {
      super.channelRead(ctx, bytes);
    } finally {
      StepClock.end();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    endpoint.onReadEnd();
    // Not the decoder's own: it would read on where reading is switched off.
    discardSomeReadBytes();
    ctx.fireChannelReadComplete();
  }

  /** Reads the frames that have waited while reading was paused. */
  void resume(ChannelHandlerContext ctx) {
    try {
      channelRead(ctx, Unpooled.EMPTY_BUFFER);
    } catch (Exception e) {
      exceptionCaught(ctx, e);
    }
    endpoint.onReadEnd();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      if (readPreface(in) && reader.hasBegun(in)) {
        readFrames(ctx, in);
      }
    } catch (Http2Exception | RuntimeException e) {
      endpoint.fail(e, false);
    } // An Error reaches exceptionCaught.
    if (endpoint.isOver()) {
      in.skipBytes(in.readableBytes());
    }
  }

  /**
   * Reads the bytes before the first frame, if this side receives any.
   *
   * @return false while some of them are missing
   */
  boolean readPreface(ByteBuf in) throws Http2Exception {
    return true;
  }

  private void readFrames(ChannelHandlerContext ctx, ByteBuf in) throws Http2Exception {
    boolean whole = true;
    while (whole && in.isReadable() && !endpoint.isOver() && !endpoint.isPaused()) {
      try {
        whole = reader.read(ctx, in, inbound);
      } catch (Http2Exception.StreamException e) {
        inbound.onStreamError(e);
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    endpoint.onChannelClosed();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    reader.close();
    endpoint.discardUnsent();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    endpoint.fail(cause, false);
  }
}
