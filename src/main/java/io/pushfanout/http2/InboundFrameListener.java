package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * A listener that applies the peer's frames, or refuses those that are not allowed at this point:
 * the rules of both sides. A frame for an ended stream has its effect on the connection and is
 * otherwise ignored: the peer may have sent it before the end reached it.
 *
 * @param <S> the streams of this side
 */
abstract class InboundFrameListener<S extends ConnectionStream> implements FrameReader.Listener {
  final Endpoint<S> endpoint;
  final FloodGuard floodGuard;

  InboundFrameListener(Endpoint<S> endpoint) {
    this.endpoint = endpoint;
    this.floodGuard = endpoint.floodGuard;
  }

  /** Returns the stream of a frame; null when the stream has ended. */
  final @Nullable S find(int id) throws Http2Exception {
    S stream = endpoint.streams.get(id);
    if (stream == null && endpoint.streams.isIdle(id)) {
      throw protocolError("a frame for stream %d, which was never opened".formatted(id));
    }
    return stream;
  }

  static Http2Exception protocolError(String text) {
    return Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "%s", text);
  }

  /** Applies what this side alone takes from the peer's SETTINGS. */
  abstract void onSettings(Http2Settings settings) throws Http2Exception;

  @Override
  public final void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    floodGuard.count();
    Frames.settingsAck(endpoint.output.reply(Frames.FRAME_HEADER_BYTES));
    Integer frame = settings.maxFrameSize();
    if (frame != null) {
      endpoint.sending.maxFrame(frame);
    }
    Integer initialWindow = settings.initialWindowSize();
    if (initialWindow != null) {
      endpoint.sending.initialWindow(initialWindow, endpoint.streams.above(0));
    }
    onSettings(settings);
  }

  @Override
  public final void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
    floodGuard.count();
  }

  @Override
  public final void onWindowUpdateRead(ChannelHandlerContext ctx, int id, int increment)
      throws Http2Exception {
    floodGuard.countExcusable();
    if (id == 0) {
      endpoint.sending.connectionWindow(increment);
      return;
    }
    S stream = find(id);
    if (stream != null) {
      endpoint.sending.streamWindow(stream, increment);
    }
  }

  @Override
  public final void onPriorityRead(
      ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
      throws Http2Exception {
    floodGuard.count();
  }

  @Override
  public final void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    floodGuard.countExcusable();
  }

  @Override
  public final void onUnknownFrame(
      ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload)
      throws Http2Exception {
    floodGuard.count();
  }

  @Override
  public final void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end) {
    throw unexpectedHeaders();
  }

  @Override
  public final void onHeadersRead(
      ChannelHandlerContext ctx,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end) {
    throw unexpectedHeaders();
  }

  @Override
  public final void onPushPromiseRead(
      ChannelHandlerContext ctx, int id, int promisedId, Http2Headers headers, int padding) {
    throw unexpectedHeaders();
  }

  private static IllegalStateException unexpectedHeaders() {
    return new IllegalStateException("header blocks are HeaderBlockReader's");
  }
}
