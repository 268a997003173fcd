package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 on one channel, as Netty speaks it: what a session asks of it, and what it tells the
 * session about the connection. What it reads on streams goes to {@link Answers}.
 *
 * <p>Everything is called on the channel's loop.
 */
final class Codec extends Http2ConnectionHandler {
  private static final long PING_DATA = 0x70757368L;

  private final Http2Session session;
  private @Nullable ChannelHandlerContext context;
  private boolean closed;
  private boolean reading;

  /** Made by {@link CodecBuilder}. */
  Codec(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      Http2Session session) {
    super(decoder, encoder, settings, true);
    this.session = session;
    decoder.frameListener(session.answers(this));
  }

  // ---- what the session asks for

  /** Whether the node's limit and the channel's buffer have room for a call. */
  boolean hasRoom() {
    return connection().local().canOpenStream() && context().channel().isWritable();
  }

  /** How many calls the node takes at a time. */
  int concurrency() {
    return connection().local().maxActiveStreams();
  }

  int nextStreamId() {
    return connection().local().incrementAndGetNextStreamId();
  }

  /**
   * Writes a request, to be flushed.
   *
   * @return whether the kernel has taken the HEADERS; failed already when the channel is broken
   */
  ChannelFuture request(int streamId, Http2Headers headers, ByteBuf message) {
    ChannelHandlerContext ctx = context();
    ChannelFuture sent = encoder().writeHeaders(ctx, streamId, headers, 0, false, ctx.newPromise());
    encoder().writeData(ctx, streamId, message, 0, true, ctx.newPromise());
    return sent;
  }

  /** Makes room for another call, which the codec itself would do only after telling. */
  void closeStream(int streamId) {
    Http2Stream stream = connection().stream(streamId);
    if (stream != null) {
      stream.close();
    }
  }

  /** Resets a stream and closes it at once, which drops what of it is still unsent. */
  void reset(int streamId, Http2Error error) {
    ChannelHandlerContext ctx = context();
    encoder().writeRstStream(ctx, streamId, error.code(), ctx.newPromise());
    closeStream(streamId);
  }

  /** Whether a part of the request has not been written yet. */
  boolean isRequestOpen(int streamId) {
    Http2Stream stream = connection().stream(streamId);
    return stream != null && stream.state().localSideOpen();
  }

  void ping() {
    ChannelHandlerContext ctx = context();
    encoder().writePing(ctx, false, PING_DATA, ctx.newPromise());
    flush();
  }

  /** While bytes are being read, the end of the reading flushes: one write for many answers. */
  void flush() {
    if (!reading) {
      flush(context());
    }
  }

  /** Ends the connection in good order. */
  void sayGoodbyeAndClose() {
    if (context != null && context.channel().isActive()) {
      goAway(context, 0, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, context.newPromise());
      context.flush();
    }
    close();
  }

  /** Ends the connection; nothing that waits for a flush is sent. May come before the channel. */
  void close() {
    closed = true;
    if (context != null) {
      context.close();
    }
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not on a channel");
    }
    return context;
  }

  // ---- what Netty tells

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    if (closed) {
      ctx.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
    reading = true;
    session.onRead();
    super.channelRead(ctx, bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    reading = false;
    super.channelReadComplete(ctx);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    super.channelWritabilityChanged(ctx);
    session.onRoom();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    session.die("the node closed the connection");
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    session.fail(cause, false);
  }

  /** Netty's own way is a GOAWAY and up to 30 s of grace; here another connection takes over. */
  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception http2) {
    session.fail(http2 == null ? cause : http2, outbound);
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    if (connection().local().mayHaveCreatedStream(error.streamId())) {
      session.onCallError(error);
    } else {
      super.onStreamError(ctx, outbound, cause, error);
    }
  }
}
