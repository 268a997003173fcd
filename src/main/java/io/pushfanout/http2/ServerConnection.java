package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The server's side of one HTTP/2 connection: accepts streams, sends replies on them, ends them.
 * Frames of the peer arrive through {@link ServerFrameListener}.
 *
 * <p>Replies reach the channel at the end of the reading that caused them, or else in the loop's
 * next turn. All header blocks sent are {@link LiteralHeaders}.
 */
public final class ServerConnection extends Endpoint<ServerStream> {
  /** A change of the dynamic table's size to 0, which our blocks do not use (RFC 7541, 6.3). */
  private static final int TABLE_SIZE_0 = 0x20;

  /** Most bytes of debug data in a GOAWAY. */
  private static final int MAX_DEBUG_BYTES = 200;

  private final ServerConnectionListener listener;
  private final Options options;
  private final ResetLimiter resets;
  private final RecentStreams endedEarly = new RecentStreams();

  /** Whether the next header block has to confirm a change of the peer's table. */
  private boolean tableUpdateDue;

  /** Id of the last stream that is served; no limit before the final GOAWAY. */
  private int lastServed = Integer.MAX_VALUE;

  private boolean draining;

  /**
   * The limits of a connection.
   *
   * @param maxStreams open streams at a time
   * @param windowBytes bytes that the peer may send ahead, on the connection and on each stream
   * @param maxHeaderListBytes the most bytes of a request's headers, of which the rest is dropped
   * @param resetsPerSecond streams that the peer may reset, or have reset by its errors
   * @param cachesHeaders false to decode each header block, which must make no difference
   */
  public record Options(
      int maxStreams,
      int windowBytes,
      int maxHeaderListBytes,
      int resetsPerSecond,
      boolean cachesHeaders) {}

  /**
   * @param memory the budget for bytes on their way
   */
  public ServerConnection(
      ServerConnectionListener listener,
      Options options,
      WriteBuffers memory,
      LongSupplier nanoClock) {
    super(memory, options.windowBytes(), options.windowBytes());
    this.listener = listener;
    this.options = options;
    this.resets = new ResetLimiter(options.resetsPerSecond(), nanoClock);
    FrameReader reader =
        new FrameReader(
            options.maxHeaderListBytes(), options.cachesHeaders(), HeaderDecoder.REQUEST_BYTES);
    handledBy(new ServerFrameHandler(this, reader, new ServerFrameListener(this, listener)));
  }

  // ---- replies

  /** Sends a whole reply. Without effect on a stream that has ended. */
  public void reply(ServerStream stream, EncodedReply reply) {
    if (!mayReply(stream)) {
      return;
    }
    if (reply.isHeadersOnly()) {
      writeHeaders(stream, reply.headers, true);
      end(stream);
    } else if (!tableUpdateDue && reply.hasFrames() && sending.tryTake(stream, reply.body.length)) {
      reply.writeTo(output.reserve(reply.frames.length), stream.id);
      end(stream);
    } else {
      writeHeaders(stream, reply.headers, false);
      stream.trailers = reply.trailers.length == 0 ? null : reply.trailers;
      sending.send(stream, new byte[][] {reply.body}, true);
    }
    sent();
  }

  /**
   * Sends the headers of a reply whose body follows.
   *
   * @param block by {@link LiteralHeaders}
   */
  public void sendHeaders(ServerStream stream, byte[] block) {
    if (mayReply(stream)) {
      writeHeaders(stream, block, false);
      sent();
    }
  }

  /** Sends more of a body. Bytes without room are held back, in the pieces as they are. */
  public void send(ServerStream stream, byte[][] pieces) {
    if (mayReply(stream)) {
      sending.send(stream, pieces, false);
      sent();
    }
  }

  /**
   * Returns the bytes of a body that would leave at once. After a 0, {@link ServerStream#onRoom} is
   * called once there is room.
   */
  public int room(ServerStream stream) {
    return mayReply(stream) ? sending.room(stream) : 0;
  }

  /**
   * Ends a reply after the bytes that are held back.
   *
   * @param trailers block by {@link LiteralHeaders}
   */
  public void finish(ServerStream stream, byte[] trailers) {
    if (!mayReply(stream)) {
      return;
    }
    stream.trailers = trailers;
    stream.halfClosedLocal = true;
    if (stream.unsent == null) {
      onBodySent(stream);
    }
    sent();
  }

  private boolean mayReply(ServerStream stream) {
    return stream.open && !stream.halfClosedLocal && !isOver();
  }

  private void sent() {
    listener.onReplySent();
    flushSoon();
  }

  /** Sends the trailers, if there are any, after the last bytes of a body. */
  void onBodySent(ServerStream stream) {
    if (stream.trailers != null) {
      writeHeaders(stream, stream.trailers, true);
    }
    end(stream);
  }

  private void writeHeaders(ServerStream stream, byte[] block, boolean end) {
    int length = block.length + (tableUpdateDue ? 1 : 0);
    ByteBuf out = output.reserve(Frames.FRAME_HEADER_BYTES + length);
    int flags = Frames.END_HEADERS | (end ? Frames.END_STREAM : Frames.NO_FLAGS);
    Frames.header(out, length, Http2FrameTypes.HEADERS, flags, stream.id);
    if (tableUpdateDue) {
      out.writeByte(TABLE_SIZE_0);
      tableUpdateDue = false;
    }
    out.writeBytes(block);
  }

  /** Ends a stream with a whole reply; the peer need not send the rest of its request. */
  private void end(ServerStream stream) {
    forget(stream);
    if (!stream.halfClosedRemote) {
      endedEarly.add(stream.id);
      Frames.rstStream(
          output.reserve(Frames.RST_STREAM_BYTES), stream.id, Http2Error.NO_ERROR.code());
      floodGuard.onResetSent();
    }
    afterStream();
  }

  /** Resets a stream, which then gets no more callbacks. Without effect on one that has ended. */
  public void reset(ServerStream stream, Http2Error error) {
    if (resetStream(stream, error)) {
      endedEarly.add(stream.id);
      flushSoon();
      afterStream();
    }
  }

  // ---- the request's bytes

  /** Gives the windows back for bytes of the stream's body. */
  public void consumed(ServerStream stream, int bytes) {
    if (bytes == 0 || isOver() || !stream.open) {
      return;
    }
    try {
      receiving.consumed(bytes);
      if (stream.halfClosedRemote) {
        stream.consumed += bytes;
      } else {
        receiving.consumed(stream, bytes);
      }
    } catch (Http2Exception e) {
      fail(e, false);
    }
    flushSoon();
  }

  @Override
  void forget(ServerStream stream) {
    super.forget(stream);
    int left = stream.received - stream.consumed;
    if (left > 0) {
      stream.consumed = stream.received;
      try {
        receiving.consumed(left);
      } catch (Http2Exception e) {
        fail(e, false);
      }
    }
  }

  // ---- the connection's end

  /** Announces the end of the connection by a GOAWAY that still permits calls on their way. */
  public void announceDrain() {
    sendGoAway(Integer.MAX_VALUE, Http2Error.NO_ERROR);
  }

  /** Serves the streams that have come, accepts no more, and then closes the connection. */
  public void drain() {
    if (isOver() || draining) {
      return;
    }
    draining = true;
    lastServed = lastId();
    sendGoAway(lastServed, Http2Error.NO_ERROR);
    floodGuard.onGoAwaySent();
    afterStream();
  }

  private int lastId() {
    return Math.max(0, streams.lastId());
  }

  private void afterStream() {
    if (draining && streams.isEmpty() && !isOver()) {
      output.flush();
      closeWhenSent();
    }
  }

  /** Ends the connection for a rule that the peer has broken, and all its streams. */
  @Override
  void onFailure(Throwable cause, boolean sending) {
    if (!sending && output.isOpen()) {
      Http2Error error =
          cause instanceof Http2Exception broken ? broken.error() : Http2Error.INTERNAL_ERROR;
      byte[] debug = debug(cause);
      Frames.goAway(
          output.reserve(Frames.GO_AWAY_BYTES + debug.length),
          Math.min(lastServed, lastId()),
          error.code(),
          debug);
      output.flush();
    }
    cancelAll();
    closeWhenSent();
    listener.onFailed(cause);
  }

  private static byte[] debug(Throwable cause) {
    if (!(cause instanceof Http2Exception) || cause.getMessage() == null) {
      return new byte[0];
    }
    byte[] text = cause.getMessage().getBytes(StandardCharsets.US_ASCII);
    return text.length <= MAX_DEBUG_BYTES ? text : Arrays.copyOf(text, MAX_DEBUG_BYTES);
  }

  private void cancelAll() {
    endAbove(0, ServerStream::onCancelled);
  }

  // ---- effects of the peer's frames

  /** Returns whether a new stream is served: the final GOAWAY has not excluded it. */
  boolean isServed(int id) {
    return id <= lastServed;
  }

  boolean isFull() {
    return streams.size() >= options.maxStreams();
  }

  void tableSizeChanged() {
    tableUpdateDue = true;
  }

  /** Refuses a stream that was never opened. */
  void refuse(int id, Http2Error error) throws Http2Exception {
    streams.skip(id);
    endedEarly.add(id);
    Frames.rstStream(output.reply(Frames.RST_STREAM_BYTES), id, error.code());
    resets.count();
  }

  /** Ends a stream that the peer has reset. */
  void onPeerReset(ServerStream stream) throws Http2Exception {
    forget(stream);
    stream.onCancelled();
    afterStream();
    resets.count();
  }

  /** Receives the reset of a stream that has ended: nothing may follow it. */
  void onPeerReset(int id) throws Http2Exception {
    endedEarly.remove(id);
    floodGuard.countExcusable();
  }

  /** Ends a stream on which the peer has broken a rule. */
  void onStreamError(ServerStream stream, Http2Error error) throws Http2Exception {
    reset(stream, error);
    stream.onCancelled();
    resets.count();
  }

  /** Receives a frame of a stream that has ended. */
  void onClosedStream(int id) throws Http2Exception {
    if (hasEndedEarly(id)) {
      floodGuard.countExcusable();
    } else {
      resetClosed(id, Http2Error.STREAM_CLOSED);
    }
  }

  /** Resets a stream that has ended, on which the peer has broken a rule since. */
  void resetClosed(int id, Http2Error error) throws Http2Exception {
    Frames.rstStream(output.reply(Frames.RST_STREAM_BYTES), id, error.code());
    resets.count();
  }

  /** Returns whether the stream ended before the peer's request did, a short time ago. */
  boolean hasEndedEarly(int id) {
    return endedEarly.has(id) || !isServed(id);
  }

  // ---- steps of an endpoint

  @Override
  void sendPreface() {
    Frames.serverSettings(
        output.reserve(Frames.SERVER_SETTINGS_BYTES),
        options.maxStreams(),
        options.windowBytes(),
        options.maxHeaderListBytes());
  }

  @Override
  void onBytes() {
    listener.onRead();
  }

  @Override
  void onBytesEnd() {
    listener.onReadComplete();
  }

  @Override
  void onRoom() {}

  @Override
  void onChannelClosed() {
    cancelAll();
    listener.onClosed();
  }
}
