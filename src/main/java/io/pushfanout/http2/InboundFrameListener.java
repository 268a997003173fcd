package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * Obeys the peer's frames, which the reader has checked one by one, or refuses what they may not
 * say at this point. A frame for a stream that has ended is obeyed as far as it is the
 * connection's, and else ignored: the peer may have sent it before it knew.
 */
final class InboundFrameListener implements Http2FrameListener {
  private static final String NOT_SETTINGS = "its first frame is not SETTINGS";

  private final ClientConnection connection;
  private final ConnectionListener listener;
  private final Streams streams;
  private final FrameWriter output;
  private final RemoteFlowController sending;
  private final RequestHeaders requestHeaders;
  private final LocalFlowController window;
  private final FloodGuard idling;
  private boolean begun;
  private boolean settled;

  /** The last that were no informational ones: most likely the next are the same. */
  private @Nullable Http2Headers finalHeaders;

  private int lastGoAway = Integer.MAX_VALUE;

  InboundFrameListener(
      ClientConnection connection,
      ConnectionListener listener,
      Streams streams,
      FrameWriter output,
      RemoteFlowController sending,
      RequestHeaders requestHeaders,
      LocalFlowController window,
      FloodGuard idling) {
    this.connection = connection;
    this.listener = listener;
    this.streams = streams;
    this.output = output;
    this.sending = sending;
    this.requestHeaders = requestHeaders;
    this.window = window;
    this.idling = idling;
  }

  /** The stream of a frame; null when it has ended. */
  private @Nullable ClientStream find(int id) throws Http2Exception {
    requireSettings();
    ClientStream stream = streams.get(id);
    if (stream == null && streams.isIdle(id)) {
      throw protocolError("a frame for stream %d, which was never opened".formatted(id));
    }
    return stream;
  }

  /**
   * Looks at the first bytes before a frame is made of them: a server of something else is to be
   * told by that.
   *
   * @return false while there are too few to say
   */
  boolean isFirstFrameSettings(ByteBuf in) throws Http2Exception {
    if (begun) {
      return true;
    }
    if (in.readableBytes() < Frames.HEAD_BYTES) {
      return false;
    }
    if (in.getByte(in.readerIndex() + 3) != Http2FrameTypes.SETTINGS) {
      throw protocolError(NOT_SETTINGS);
    }
    begun = true;
    return true;
  }

  private void requireSettings() throws Http2Exception {
    if (!settled) {
      throw protocolError(NOT_SETTINGS);
    }
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
    window.received(bytes);
    if (stream == null) {
      idling.goOnExcused();
      return bytes;
    }
    if (data.isReadable() || end) {
      idling.end();
    } else {
      idling.goOn();
    }
    if (!stream.headersReceived) {
      throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "DATA before HEADERS");
    }
    if (end) {
      connection.answered(stream);
    } else {
      window.received(stream, bytes);
    }
    stream.onData(data, end);
    return bytes;
  }

  /**
   * The headers or trailers of an answer.
   *
   * @param whole false where they were too long: the last of them are missing
   */
  void onHeaders(int id, Http2Headers headers, boolean whole, boolean end) throws Http2Exception {
    ClientStream stream = find(id);
    if (stream == null) {
      idling.goOnExcused();
      return;
    }
    if (end) {
      connection.answered(stream);
    } else if (stream.headersReceived) {
      throw Http2Exception.streamError(
          id, Http2Error.PROTOCOL_ERROR, "trailers that do not end the stream");
    } else if (isInformational(headers)) {
      idling.goOn();
      return;
    }
    idling.end();
    stream.headersReceived = true;
    if (!whole) {
      stream.onHeadersCut();
    }
    stream.onHeaders(headers, end);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end) {
    throw notOfNetty();
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
    throw notOfNetty();
  }

  @Override
  public void onPushPromiseRead(
      ChannelHandlerContext ctx, int id, int promisedId, Http2Headers headers, int padding) {
    throw notOfNetty();
  }

  private static IllegalStateException notOfNetty() {
    return new IllegalStateException("header blocks are HeaderBlockReader's");
  }

  @SuppressWarnings("ReferenceEquality") // remembered headers are the same object
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
      idling.goOnExcused();
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
    requireSettings();
    idling.goOnExcused();
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
    requireSettings();
    idling.goOn();
  }

  // ---- the connection

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    settled = true;
    if (Boolean.TRUE.equals(settings.pushEnabled())) {
      throw protocolError("ENABLE_PUSH from a server");
    }
    idling.goOn();
    Frames.settingsAck(output.reply(Frames.HEAD_BYTES));
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
    requireSettings();
    idling.goOn();
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    requireSettings();
    Frames.ping(output.reply(Frames.PING_BYTES), true, data);
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    requireSettings();
    idling.goOnExcused();
  }

  @Override
  public void onGoAwayRead(ChannelHandlerContext ctx, int lastId, long errorCode, ByteBuf debug)
      throws Http2Exception {
    if (lastId > lastGoAway) {
      throw protocolError("GOAWAY with a higher last stream than before");
    }
    idling.goOn();
    lastGoAway = lastId;
    listener.onGoAway(lastId, errorCode, debug);
  }

  @Override
  public void onUnknownFrame(
      ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload)
      throws Http2Exception {
    requireSettings();
    idling.goOn();
  }
}
