package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/** A listener that applies the frames of a server. */
final class ClientFrameListener extends InboundFrameListener<ClientStream> {
  private final ConnectionListener listener;
  private final HeaderEncoder encoder;

  /** Last headers that were not informational; most likely the next ones are the same object. */
  private @Nullable Http2Headers finalHeaders;

  private int lastGoAway = Integer.MAX_VALUE;

  ClientFrameListener(
      ClientConnection connection, ConnectionListener listener, HeaderEncoder encoder) {
    super(connection);
    this.listener = listener;
    this.encoder = encoder;
  }

  // ---- streams

  @Override
  public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end)
      throws Http2Exception {
    int bytes = data.readableBytes() + padding;
    ClientStream stream = find(id);
    endpoint.receiving.received(bytes);
    endpoint.receiving.consumed(bytes);
    if (stream == null) {
      floodGuard.countExcusable();
      return bytes;
    }
    if (data.isReadable() || end) {
      floodGuard.onProgress();
    } else {
      floodGuard.count();
    }
    if (!stream.headersReceived) {
      throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "DATA before HEADERS");
    }
    if (end) {
      endReply(stream);
    } else {
      endpoint.receiving.received(stream, bytes);
      endpoint.receiving.consumed(stream, bytes);
    }
    stream.onData(data, end);
    return bytes;
  }

  @Override
  public void onHeaders(int id, Http2Headers headers, boolean whole, boolean end)
      throws Http2Exception {
    ClientStream stream = find(id);
    if (stream == null) {
      floodGuard.countExcusable();
      return;
    }
    if (end) {
      endReply(stream);
    } else if (stream.headersReceived) {
      throw Http2Exception.streamError(
          id, Http2Error.PROTOCOL_ERROR, "trailers that do not end the stream");
    } else if (isInformational(headers)) {
      floodGuard.count();
      return;
    }
    floodGuard.onProgress();
    stream.headersReceived = true;
    if (!whole) {
      stream.onHeadersCut();
    }
    stream.onHeaders(headers, end);
  }

  /**
   * Removes a stream whose reply is complete, whether or not the peer has read the whole request.
   */
  private void endReply(ClientStream stream) {
    if (stream.halfClosedLocal && stream.unsent == null) {
      endpoint.forget(stream);
    } else {
      endpoint.resetStream(stream, Http2Error.CANCEL);
    }
  }

  @Override
  public void onMalformedHeaders(Http2Exception.StreamException error) throws Http2Exception {
    onStreamError(error);
  }

  @Override
  public void onStreamError(Http2Exception.StreamException error) throws Http2Exception {
    ClientStream stream = endpoint.streams.get(error.streamId());
    if (stream != null) {
      endpoint.resetStream(stream, error.error());
      stream.onError(error);
    } else if (endpoint.streams.isIdle(error.streamId())) {
      throw Http2Exception.connectionError(error.error(), error, "%s", error.getMessage());
    } else {
      // The stream has ended: a peer that counts resets would take a second one for abuse.
      floodGuard.countExcusable();
    }
  }

  @SuppressWarnings("ReferenceEquality") // cached headers are the same object
  private boolean isInformational(Http2Headers headers) {
    if (headers == finalHeaders) {
      return false;
    }
    CharSequence status = headers.status();
    boolean informational = status != null && status.length() == 3 && status.charAt(0) == '1';
    if (!informational) {
      finalHeaders = headers;
    }
    return informational;
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long errorCode)
      throws Http2Exception {
    ClientStream stream = find(id);
    if (stream == null) {
      floodGuard.countExcusable();
      return;
    }
    endpoint.forget(stream);
    if (errorCode == Http2Error.REFUSED_STREAM.code()) {
      stream.onUnprocessed(true);
    } else {
      stream.onReset(errorCode);
    }
  }

  // ---- the connection

  @Override
  void onSettings(Http2Settings settings) throws Http2Exception {
    if (Boolean.TRUE.equals(settings.pushEnabled())) {
      throw protocolError("ENABLE_PUSH from a server");
    }
    Long tableSize = settings.headerTableSize();
    if (tableSize != null) {
      encoder.tableSize(tableSize);
    }
    Long concurrency = settings.maxConcurrentStreams();
    if (concurrency != null) {
      endpoint.streams.limit(concurrency);
    }
    listener.onSettings();
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    Frames.ping(endpoint.output.reply(Frames.PING_BYTES), true, data);
  }

  @Override
  public void onGoAwayRead(ChannelHandlerContext ctx, int lastId, long errorCode, ByteBuf debug)
      throws Http2Exception {
    if (lastId > lastGoAway) {
      throw protocolError("GOAWAY with a higher last stream than before");
    }
    floodGuard.count();
    lastGoAway = lastId;
    listener.onGoAway(lastId, errorCode, debug);
    endpoint.endAbove(lastId, stream -> stream.onUnprocessed(false));
  }
}
