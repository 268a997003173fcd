package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/** A listener that applies the frames of a client. */
final class ServerFrameListener extends InboundFrameListener<ServerStream> {
  private final ServerConnection connection;
  private final ClosedStreams closedStreams;
  private final ReplyWriter replies;
  private final ServerConnectionListener listener;
  private final RequestValidator requests = new RequestValidator();
  private boolean prefaceRead;

  ServerFrameListener(
      ServerConnection connection,
      ClosedStreams closedStreams,
      ReplyWriter replies,
      ServerConnectionListener listener) {
    super(connection);
    this.connection = connection;
    this.closedStreams = closedStreams;
    this.replies = replies;
    this.listener = listener;
  }

  // ---- streams

  @Override
  public void onHeaders(int id, Http2Headers headers, boolean whole, boolean end)
      throws Http2Exception {
    ServerStream open = connection.streams.get(id);
    if (open != null) {
      onTrailers(open, headers, end);
      return;
    }
    if ((id & 1) == 0) {
      throw protocolError("stream %d, which no client may open".formatted(id));
    }
    if (!connection.streams.isIdle(id)) {
      onTrailersAfterEnd(id, headers, end);
      return;
    }
    if (!closedStreams.isServed(id)) {
      onUnserved(id);
      return;
    }
    floodGuard.onProgress();
    if (connection.isFull()) {
      connection.refuse(id, Http2Error.REFUSED_STREAM);
      return;
    }
    long length = requests.contentLength(headers, whole);
    if (length == RequestValidator.MALFORMED || (end && length > 0)) {
      connection.refuse(id, Http2Error.PROTOCOL_ERROR);
      return;
    }
    ServerStream stream = listener.newStream(headers, whole);
    connection.streams.accept(id, stream);
    stream.connection = connection;
    connection.sending.opened(stream);
    stream.contentLength = length;
    stream.halfClosedRemote = end;
    stream.onOpen();
    if (end && stream.open) {
      stream.onData(Unpooled.EMPTY_BUFFER, true);
    }
  }

  /** Ignores a stream that the final GOAWAY has excluded. Its further frames find it ended. */
  private void onUnserved(int id) throws Http2Exception {
    connection.streams.skip(id);
    floodGuard.countExcusable();
  }

  private void onTrailers(ServerStream stream, Http2Headers trailers, boolean end)
      throws Http2Exception {
    if (stream.halfClosedRemote) {
      throw Http2Exception.streamError(
          stream.id, Http2Error.STREAM_CLOSED, "HEADERS after the end of the request");
    }
    RequestValidator.checkTrailers(stream.id, trailers, end);
    floodGuard.onProgress();
    stream.endRequest();
    stream.onData(Unpooled.EMPTY_BUFFER, true);
  }

  private void onTrailersAfterEnd(int id, Http2Headers trailers, boolean end)
      throws Http2Exception {
    if (!closedStreams.mayCross(id)) {
      throw Http2Exception.connectionError(
          Http2Error.STREAM_CLOSED, "HEADERS for stream %d, which has ended", id);
    }
    RequestValidator.checkTrailers(id, trailers, end);
    floodGuard.countExcusable();
  }

  @Override
  public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end)
      throws Http2Exception {
    int bytes = data.readableBytes() + padding;
    ServerStream stream = find(id);
    connection.receiving.received(bytes);
    if (stream == null) {
      connection.receiving.consumed(bytes);
      closedStreams.onFrame(id);
      return bytes;
    }
    if (stream.halfClosedRemote) {
      connection.receiving.consumed(bytes);
      throw Http2Exception.streamError(
          id, Http2Error.STREAM_CLOSED, "DATA after the end of the request");
    }
    if (data.isReadable() || end) {
      floodGuard.onProgress();
    } else {
      floodGuard.count();
    }
    connection.receiving.received(stream, bytes);
    connection.consumed(stream, padding);
    stream.addBody(data.readableBytes());
    if (end) {
      stream.endRequest();
    }
    stream.onData(data, end);
    return bytes;
  }

  @Override
  public void onMalformedHeaders(Http2Exception.StreamException error) throws Http2Exception {
    int id = error.streamId();
    if (connection.streams.get(id) != null || (id & 1) == 0 || !connection.streams.isIdle(id)) {
      onStreamError(error);
    } else if (closedStreams.isServed(id)) {
      connection.refuse(id, error.error());
    } else {
      onUnserved(id);
    }
  }

  @Override
  public void onStreamError(Http2Exception.StreamException error) throws Http2Exception {
    ServerStream stream = connection.streams.get(error.streamId());
    if (stream != null) {
      connection.onStreamError(stream, error.error());
    } else if (connection.streams.isIdle(error.streamId())) {
      throw Http2Exception.connectionError(error.error(), error, "%s", error.getMessage());
    } else {
      closedStreams.reset(error.streamId(), error.error());
    }
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long errorCode)
      throws Http2Exception {
    ServerStream stream = find(id);
    if (stream == null) {
      closedStreams.onReset(id);
    } else {
      connection.onPeerReset(stream);
    }
  }

  // ---- the connection

  @Override
  void onSettings(Http2Settings settings) {
    if (!prefaceRead) {
      prefaceRead = true;
      listener.onPreface();
    }
    if (settings.headerTableSize() != null) {
      replies.tableSizeChanged();
    }
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    if (listener.isPingTooMany()) {
      // The text of gRPC: clients of some libraries ping less often after it.
      throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too_many_pings");
    }
    Frames.ping(connection.output.reply(Frames.PING_BYTES), true, data);
  }

  @Override
  public void onGoAwayRead(ChannelHandlerContext ctx, int lastId, long errorCode, ByteBuf debug)
      throws Http2Exception {
    floodGuard.count();
  }
}
