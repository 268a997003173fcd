package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * A listener that applies the peer's frames, which the reader has checked one by one, or refuses
 * those that are not allowed at this point. A frame for an ended stream has its effect on the
 * connection and is otherwise ignored: the peer may have sent it before the end reached it.
 */
final class InboundFrameListener implements Http2FrameListener {
  private final ClientConnection connection;
  private final ConnectionListener listener;
  private final OpenStreams streams;
  private final FrameWriter output;
  private final RemoteFlowController sending;
  private final RequestHeaders requestHeaders;
  private final LocalFlowController receiving;
  private final FloodGuard floodGuard;

  /** Last headers that were not informational; most likely the next ones are the same object. */
  private @Nullable Http2Headers finalHeaders;

  private int lastGoAway = Integer.MAX_VALUE;

  InboundFrameListener(
      ClientConnection connection,
      ConnectionListener listener,
      OpenStreams streams,
      FrameWriter output,
      RemoteFlowController sending,
      RequestHeaders requestHeaders,
      LocalFlowController receiving,
      FloodGuard floodGuard) {
    this.connection = connection;
    this.listener = listener;
    this.streams = streams;
    this.output = output;
    this.sending = sending;
    this.requestHeaders = requestHeaders;
    this.receiving = receiving;
    this.floodGuard = floodGuard;
  }

  /** Returns the stream of a frame; null when the stream has ended. */
  private @Nullable ClientStream find(int id) throws Http2Exception {
    ClientStream stream = streams.get(id);
    if (stream == null && streams.isIdle(id)) {
      throw protocolError("a frame for stream %d, which was never opened".formatted(id));
    }
    return stream;
  }

  private static Http2Exception protocolError(String text) {
    return Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "%s", text);
  }

  // ---- streams

  @Override
  public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end)
      throws Http2Exception {
    int bytes = data.readableBytes() + padding;
    ClientStream stream = find(id);
    receiving.received(bytes);
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
      receiving.received(stream, bytes);
    }
    stream.onData(data, end);
    return bytes;
  }

  /**
   * Receives the headers or trailers of a reply.
   *
   * @param whole false if they were too long and the last fields are missing
   */
  void onHeaders(int id, Http2Headers headers, boolean whole, boolean end) throws Http2Exception {
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
      connection.forget(stream);
    } else {
      connection.reset(stream, Http2Error.CANCEL);
    }
  }

  /**
   * Resets the stream of an error; an error of a stream that was never opened is the connection's.
   */
  void onStreamError(Http2Exception.StreamException error) throws Http2Exception {
    ClientStream stream = streams.get(error.streamId());
    if (stream != null) {
      connection.reset(stream, error.error());
      stream.onError(error);
    } else if (streams.isIdle(error.streamId())) {
      throw Http2Exception.connectionError(error.error(), error, "%s", error.getMessage());
    } else {
      // The stream has ended: a peer that counts resets would take a second one for abuse.
      floodGuard.countExcusable();
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end) {
    throw unexpectedHeaders();
  }

  @Override
  public void onHeadersRead(
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
  public void onPushPromiseRead(
      ChannelHandlerContext ctx, int id, int promisedId, Http2Headers headers, int padding) {
    throw unexpectedHeaders();
  }

  private static IllegalStateException unexpectedHeaders() {
    return new IllegalStateException("header blocks are HeaderBlockReader's");
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
    connection.forget(stream);
    if (errorCode == Http2Error.REFUSED_STREAM.code()) {
      stream.onUnprocessed(true);
    } else {
      stream.onReset(errorCode);
    }
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext ctx, int id, int increment)
      throws Http2Exception {
    floodGuard.countExcusable();
    if (id == 0) {
      sending.connectionWindow(increment);
      return;
    }
    ClientStream stream = find(id);
    if (stream != null) {
      sending.streamWindow(stream, increment);
    }
  }

  @Override
  public void onPriorityRead(
      ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
      throws Http2Exception {
    floodGuard.count();
  }

  // ---- the connection

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    if (Boolean.TRUE.equals(settings.pushEnabled())) {
      throw protocolError("ENABLE_PUSH from a server");
    }
    floodGuard.count();
    Frames.settingsAck(output.reply(Frames.FRAME_HEADER_BYTES));
    Long tableSize = settings.headerTableSize();
    if (tableSize != null) {
      requestHeaders.tableSize(tableSize);
    }
    Long concurrency = settings.maxConcurrentStreams();
    if (concurrency != null) {
      streams.limit(concurrency);
    }
    Integer frame = settings.maxFrameSize();
    if (frame != null) {
      sending.maxFrame(frame);
    }
    Integer initialWindow = settings.initialWindowSize();
    if (initialWindow != null) {
      sending.initialWindow(initialWindow, streams.above(0));
    }
    listener.onSettings();
  }

  @Override
  public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
    floodGuard.count();
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    Frames.ping(output.reply(Frames.PING_BYTES), true, data);
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    floodGuard.countExcusable();
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
    connection.endAbove(lastId, stream -> stream.onUnprocessed(false));
  }

  @Override
  public void onUnknownFrame(
      ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload)
      throws Http2Exception {
    floodGuard.count();
  }
}
