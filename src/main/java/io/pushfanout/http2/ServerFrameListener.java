package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A listener that applies the frames of a client. */
final class ServerFrameListener extends InboundFrameListener<ServerStream> {
  private static final int MAX_LENGTH_DIGITS = 18;
  private static final long NO_LENGTH = -1;
  private static final long MALFORMED = -2;

  private final ServerConnection connection;
  private final ServerConnectionListener listener;

  /**
   * Last well-formed headers without a content length; most likely the next ones are the same
   * object.
   */
  private @Nullable Http2Headers plain;

  private boolean prefaceRead;

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
    if (!connection.isServed(id)) {
      onUnserved(id);
      return;
    }
    floodGuard.onProgress();
    if (connection.isFull()) {
      connection.refuse(id, Http2Error.REFUSED_STREAM);
      return;
    }
    long length = contentLength(headers, whole);
    if (length == MALFORMED || (end && length > 0)) {
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
    checkTrailers(stream.id, trailers, end);
    floodGuard.onProgress();
    onEnd(stream);
    stream.onData(Unpooled.EMPTY_BUFFER, true);
  }

  private void onTrailersAfterEnd(int id, Http2Headers trailers, boolean end)
      throws Http2Exception {
    if (!connection.hasEndedEarly(id)) {
      throw Http2Exception.connectionError(
          Http2Error.STREAM_CLOSED, "HEADERS for stream %d, which has ended", id);
    }
    checkTrailers(id, trailers, end);
    floodGuard.countExcusable();
  }

  private static void checkTrailers(int id, Http2Headers trailers, boolean end)
      throws Http2Exception {
    if (!end) {
      throw Http2Exception.streamError(
          id, Http2Error.PROTOCOL_ERROR, "trailers that do not end the stream");
    }
    for (CharSequence name : trailers.names()) {
      if (Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(name)) {
        throw Http2Exception.streamError(
            id, Http2Error.PROTOCOL_ERROR, "trailers with a pseudo-header");
      }
    }
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

  /**
   * Returns the content length of a request, {@link #NO_LENGTH} for none, or {@link #MALFORMED}
   * (RFC 9113, 8.1.1 and 8.3.1).
   */
  @SuppressWarnings("ReferenceEquality") // cached headers are the same object
  private long contentLength(Http2Headers headers, boolean whole) {
    if (headers == plain) {
      return NO_LENGTH;
    }
    if (whole && !hasPseudoHeaders(headers)) {
      return MALFORMED;
    }
    List<CharSequence> values = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (values.isEmpty()) {
      plain = headers;
      return NO_LENGTH;
    }
    String value = values.getFirst().toString();
    // Equal ones count as one (RFC 9110, section 8.6).
    boolean number =
        values.stream().distinct().count() == 1
            && !value.isEmpty()
            && value.length() <= MAX_LENGTH_DIGITS
            && value.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    return number ? Long.parseLong(value) : MALFORMED;
  }

  private static boolean hasPseudoHeaders(Http2Headers headers) {
    CharSequence method = headers.method();
    return method != null
        && (HttpMethod.CONNECT.asciiName().contentEquals(method)
            || (headers.scheme() != null && headers.path() != null));
  }

  @Override
  public void onMalformedHeaders(Http2Exception.StreamException error) throws Http2Exception {
    int id = error.streamId();
    if (connection.streams.get(id) != null || (id & 1) == 0 || !connection.streams.isIdle(id)) {
      onStreamError(error);
    } else if (connection.isServed(id)) {
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
      connection.resetClosed(error.streamId(), error.error());
    }
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long errorCode)
      throws Http2Exception {
    ServerStream stream = find(id);
    if (stream == null) {
      connection.onPeerReset(id);
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
