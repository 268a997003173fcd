package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.function.LongSupplier;

/**
 * The server's side of one HTTP/2 connection: accepts streams, sends replies on them, ends them.
 * Frames of the peer arrive through {@link ServerFrameListener}.
 *
 * <p>Replies reach the channel at the end of the reading that caused them, or else in the loop's
 * next turn.
 */
public final class ServerConnection extends Endpoint<ServerStream> {
  private final ServerConnectionListener listener;
  private final Options options;
  private final ResetLimiter resets;
  private final ReplyWriter replies;
  private final ClosedStreams closedStreams;
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
    this.replies = new ReplyWriter(output, sending);
    this.closedStreams = new ClosedStreams(output, floodGuard, resets, options.maxStreams());
    FrameReader reader =
        new FrameReader(
            options.maxHeaderListBytes(), options.cachesHeaders(), HeaderDecoder.REQUEST_BYTES);
    ServerFrameListener inbound = new ServerFrameListener(this, closedStreams, replies, listener);
    handledBy(new ServerFrameHandler(this, reader, inbound));
  }

  // ---- replies

  /** Sends a whole reply. Without effect on a stream that has ended. */
  public void reply(ServerStream stream, EncodedReply reply) {
    if (!mayReply(stream)) {
      return;
    }
    if (replies.write(stream, reply)) {
      end(stream);
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
      replies.writeHeaders(stream, block, false);
      sent();
    }
  }

  /** Sends more of a body. Bytes without room are held back, in the pieces as they are. */
  public void send(ServerStream stream, Body more) {
    if (mayReply(stream)) {
      sending.send(stream, more, false);
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

  /** Follows bytes of a body that had been held back. */
  void onPartSent() {
    listener.onReplySent();
  }

  /** Ends a reply whose body has left. */
  void onBodySent(ServerStream stream) {
    replies.writeTrailers(stream);
    end(stream);
  }

  /** Ends a stream with a whole reply; the peer need not send the rest of its request. */
  private void end(ServerStream stream) {
    forget(stream);
    if (!stream.halfClosedRemote) {
      closedStreams.addCut(stream.id);
      Frames.rstStream(
          output.reserve(Frames.RST_STREAM_BYTES), stream.id, Http2Error.NO_ERROR.code());
      floodGuard.onResetSent();
    }
    afterStream();
  }

  /** Resets a stream, which then gets no more callbacks. Without effect on one that has ended. */
  public void reset(ServerStream stream, Http2Error error) {
    if (resetStream(stream, error)) {
      closedStreams.addCut(stream.id);
      flushSoon();
      afterStream();
    }
  }

  // ---- the request's bytes

  /**
   * Gives the connection's window back for bytes of a stream's body that wait here, so that they
   * hold up no other stream. The stream's window follows by {@link #release}.
   */
  public void holdBack(ServerStream stream, int bytes) {
    if (bytes == 0 || isOver() || !stream.open) {
      return;
    }
    try {
      receiving.consumed(bytes);
      stream.heldBack += bytes;
    } catch (Http2Exception e) {
      fail(e, false);
    }
    flushSoon();
  }

  /** Gives the stream's window back for bytes that were held back. */
  public void release(ServerStream stream, int bytes) {
    if (bytes == 0 || isOver() || !stream.open) {
      return;
    }
    stream.heldBack -= bytes;
    try {
      consumedOfStream(stream, bytes);
    } catch (Http2Exception e) {
      fail(e, false);
    }
    flushSoon();
  }

  private void consumedOfStream(ServerStream stream, int bytes) throws Http2Exception {
    if (stream.halfClosedRemote) {
      stream.consumed += bytes;
    } else {
      receiving.consumed(stream, bytes);
    }
  }

  /** Gives the windows back for bytes of the stream's body. */
  public void consumed(ServerStream stream, int bytes) {
    if (bytes == 0 || isOver() || !stream.open) {
      return;
    }
    try {
      receiving.consumed(bytes);
      consumedOfStream(stream, bytes);
    } catch (Http2Exception e) {
      fail(e, false);
    }
    flushSoon();
  }

  @Override
  void forget(ServerStream stream) {
    super.forget(stream);
    try {
      receiving.forget(stream);
    } catch (Http2Exception e) {
      fail(e, false);
    }
  }

  // ---- the connection's end

  /** Announces the end of the connection by a GOAWAY that still permits calls on their way. */
  public void announceDrain() {
    sendGoAway(Integer.MAX_VALUE);
  }

  /** Serves the streams that have come, accepts no more, and then closes the connection. */
  public void drain() {
    if (isOver() || draining) {
      return;
    }
    draining = true;
    closedStreams.excludeAbove(lastId());
    sendGoAway(lastId());
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
    if (!sending) {
      send(GoAway.of(Math.min(closedStreams.lastServed(), lastId()), cause));
    }
    cancelAll();
    closeWhenSent();
    listener.onFailed(cause);
  }

  // ---- effects of the peer's frames

  boolean isFull() {
    return streams.size() >= options.maxStreams();
  }

  /** Refuses a stream that was never opened. */
  void refuse(int id, Http2Error error) throws Http2Exception {
    streams.skip(id);
    closedStreams.refuse(id, error);
  }

  /** Ends a stream that the peer has reset. */
  void onPeerReset(ServerStream stream) throws Http2Exception {
    forget(stream);
    stream.onCancelled();
    afterStream();
    resets.count();
  }

  /** Ends a stream on which the peer has broken a rule. */
  void onStreamError(ServerStream stream, Http2Error error) throws Http2Exception {
    reset(stream, error);
    stream.onCancelled();
    resets.count();
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

  private void cancelAll() {
    endAbove(0, ServerStream::onCancelled);
  }
}
