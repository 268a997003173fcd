package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.List;

/**
 * The channel handler of a {@link ClientConnection}, which cuts the bytes read into frames for it.
 */
final class FrameHandler extends ByteToMessageDecoder {
  private final ClientConnection connection;
  private final ConnectionListener listener;
  private final FrameReader reader;
  private final InboundFrameListener inbound;
  private boolean begun;

  FrameHandler(
      ClientConnection connection,
      ConnectionListener listener,
      FrameReader reader,
      InboundFrameListener inbound) {
    this.connection = connection;
    this.listener = listener;
    this.reader = reader;
    this.inbound = inbound;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    connection.onChannel(ctx);
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
      connection.begin(ctx);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
    connection.onReading(true);
    listener.onRead();
    super.channelRead(ctx, bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    connection.onReading(false);
    super.channelReadComplete(ctx);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      if (reader.isPrefaceRead(in)) {
        readFrames(ctx, in);
      }
    } catch (Http2Exception | RuntimeException e) {
      connection.fail(e, false);
    } // An Error reaches exceptionCaught.
    if (connection.isOver()) {
      in.skipBytes(in.readableBytes());
    }
  }

  private void readFrames(ChannelHandlerContext ctx, ByteBuf in) throws Http2Exception {
    boolean whole = true;
    while (whole && in.isReadable() && !connection.isOver()) {
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
    listener.onClosed();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    reader.close();
    connection.discardUnsent();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    connection.fail(cause, false);
  }
}
