package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A listener that applies the frames of a client. */
final class ServerFrameListener extends InboundFrameListener<ServerStream> {
  private static final int MAX_LENGTH_DIGITS = 18;

  private final ServerConnection connection;
  private final ServerConnectionListener listener;

  /** Last headers without a content length; most likely the next ones are the same object. */
  private @Nullable Http2Headers withoutLength;

  ServerFrameListener(ServerConnection connection, ServerConnectionListener listener) {
    super(connection);
    this.connection = connection;
    this.listener = listener;
  }

  // ---- streams

  @Override
  public void onHeaders(int id, Http2Headers headers, boolean whole, boolean end)
      throws Http2Exception {
    ServerStream open = connection.streams.get(id);
    if (open != null) {
      onTrailers(open, end);
      return;
    }
    if ((id & 1) == 0) {
      throw protocolError("stream %d, which no client may open".formatted(id));
    }
    if (!connection.streams.isIdle(id)) {
      onClosedStream(id);
      return;
    }
    if (!connection.isServed(id)) {
      floodGuard.countExcusable();
      return;
    }
    floodGuard.onProgress();
    if (connection.isFull()) {
      connection.refuse(id, Http2Error.REFUSED_STREAM);
      return;
    }
    ServerStream stream = listener.newStream(headers, whole);
    connection.streams.accept(id, stream);
    stream.connection = connection;
    connection.sending.opened(stream);
    stream.contentLength = contentLength(id, headers);
    stream.onOpen();
    if (end && stream.open) {
      onEnd(stream);
      stream.onData(Unpooled.EMPTY_BUFFER, true);
    } else if (end) {
      stream.halfClosedRemote = true;
    }
  }

  private void onTrailers(ServerStream stream, boolean end) throws Http2Exception {
    if (stream.halfClosedRemote) {
      throw Http2Exception.streamError(
          stream.id, Http2Error.STREAM_CLOSED, "HEADERS after the end of the request");
    }
    if (!end) {
      throw Http2Exception.streamError(
          stream.id, Http2Error.PROTOCOL_ERROR, "trailers that do not end the stream");
    }
    floodGuard.onProgress();
    onEnd(stream);
    stream.onData(Unpooled.EMPTY_BUFFER, true);
  }

  private void onClosedStream(int id) throws Http2Exception {
    if (!connection.hasEndedEarly(id)) {
      throw Http2Exception.connectionError(
          Http2Error.STREAM_CLOSED, "HEADERS for stream %d, which has ended", id);
    }
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
      connection.onClosedStream(id);
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
    stream.bodyBytes += data.readableBytes();
    if (stream.contentLength >= 0 && stream.bodyBytes > stream.contentLength) {
      throw wrongLength(id);
    }
    if (end) {
      onEnd(stream);
    }
    stream.onData(data, end);
    return bytes;
  }

  private static void onEnd(ServerStream stream) throws Http2Exception {
    stream.halfClosedRemote = true;
    if (stream.contentLength >= 0 && stream.bodyBytes != stream.contentLength) {
      throw wrongLength(stream.id);
    }
  }

  private static Http2Exception wrongLength(int id) {
    return Http2Exception.streamError(
        id, Http2Error.PROTOCOL_ERROR, "a body of another length than content-length");
  }

  @SuppressWarnings("ReferenceEquality") // cached headers are the same object
  private long contentLength(int id, Http2Headers headers) throws Http2Exception {
    if (headers == withoutLength) {
      return -1;
    }
    List<CharSequence> values = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (values.isEmpty()) {
      withoutLength = headers;
      return -1;
    }
    String value = values.getFirst().toString();
    boolean number =
        values.size() == 1
            && !value.isEmpty()
            && value.length() <= MAX_LENGTH_DIGITS
            && value.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    if (!number) {
      throw Http2Exception.streamError(
          id, Http2Error.PROTOCOL_ERROR, "content-length is no number");
    }
    return Long.parseLong(value);
  }

  @Override
  public void onMalformedHeaders(Http2Exception.StreamException error) throws Http2Exception {
    int id = error.streamId();
    if (connection.streams.get(id) != null || (id & 1) == 0 || !connection.streams.isIdle(id)) {
      onStreamError(error);
    } else if (connection.isServed(id)) {
      connection.refuse(id, error.error());
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
      connection.onClosedStream(error.streamId());
    }
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long errorCode)
      throws Http2Exception {
    ServerStream stream = find(id);
    if (stream == null) {
      floodGuard.countExcusable();
    } else {
      connection.onPeerReset(stream);
    }
  }

  // ---- the connection

  @Override
  void onSettings(Http2Settings settings) {
    listener.onSettings();
    if (settings.headerTableSize() != null) {
      connection.tableSizeChanged();
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
