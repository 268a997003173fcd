package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one HTTP/2 connection: opens streams, sends on them, ends them. Frames of
 * the peer arrive through {@link InboundFrameListener}.
 *
 * <p>All methods are called on the channel's loop, and all callbacks run on it. Opened streams and
 * sent bytes reach the channel at {@link #flush}. A flush while bytes are being read waits for the
 * end of the reading, which flushes by itself: one write for all that many replies cause.
 *
 * <p>A stream once opened belongs to the connection, even after a failure: no method here throws
 * for want of memory. The connection reports it by {@link ConnectionListener#onFailed}, and {@link
 * #drain} returns the stream.
 */
public final class ClientConnection {
  private final ConnectionListener listener;
  private final OpenStreams streams = new OpenStreams();
  private final FloodGuard floodGuard = new FloodGuard();
  private final RequestHeaders requestHeaders;
  private final FrameWriter output;
  private final RemoteFlowController sending;
  private final LocalFlowController receiving;
  private final FrameHandler handler;
  private final int maxHeaderListBytes;

  private @Nullable ChannelHandlerContext context;
  private boolean reading;
  private boolean failed;
  private boolean closed;

  /**
   * @param maxHeaderListBytes the most bytes of a reply's headers or trailers, of which the rest is
   *     dropped; also sent to the peer as SETTINGS_MAX_HEADER_LIST_SIZE
   * @param cachesHeaders false to encode and decode each header block, which must make no
   *     difference
   * @param memory the budget for bytes on their way
   */
  public ClientConnection(
      ConnectionListener listener,
      int maxHeaderListBytes,
      boolean cachesHeaders,
      WriteBuffers memory) {
    this.listener = listener;
    this.maxHeaderListBytes = maxHeaderListBytes;
    requestHeaders = new RequestHeaders(cachesHeaders);
    output = new FrameWriter(memory, this::onWritable, cause -> fail(cause, true));
    sending = new RemoteFlowController(output, floodGuard);
    receiving = new LocalFlowController(output);
    handler =
        new FrameHandler(
            this,
            listener,
            new FrameReader(maxHeaderListBytes, cachesHeaders),
            new InboundFrameListener(
                this, listener, streams, output, sending, requestHeaders, receiving, floodGuard));
  }

  /** Returns the handler that binds a channel to this connection. */
  public ChannelHandler handler() {
    return handler;
  }

  // ---- for the connection's owner

  /** Returns whether the peer's limit and the channel have room for another stream. */
  public boolean canOpenStream() {
    return !isOver() && streams.canOpen() && output.free() > 0;
  }

  /** Returns the number of streams that the peer accepts at a time. */
  public int maxStreams() {
    return streams.limit();
  }

  /** Returns whether no stream is open. */
  public boolean isIdle() {
    return streams.isEmpty();
  }

  /**
   * Opens a stream. Only while {@link #canOpenStream}.
   *
   * @param headers of 16 KiB at most; never changed again, and recognized by identity: the same
   *     object costs a few bytes to send
   * @param body the beginning of the body, in pieces that are never changed again
   * @param end whether that is the whole body
   */
  public void open(ClientStream stream, Http2Headers headers, byte[][] body, boolean end) {
    streams.add(stream);
    sending.opened(stream);
    byte[] block;
    try {
      block = requestHeaders.encode(stream.id, headers);
    } catch (Http2Exception | RuntimeException e) {
      // The peer's header table may differ from ours now.
      fail(e, true);
      return;
    }
    ByteBuf out = output.reserve(Frames.FRAME_HEADER_BYTES + block.length);
    Frames.header(out, block.length, Http2FrameTypes.HEADERS, Frames.END_HEADERS, stream.id);
    out.writeBytes(block);
    stream.headersEnd = output.position();
    if (end || body.length > 0) {
      sending.send(stream, body, end);
    }
  }

  /**
   * Returns the bytes of the stream's body that would leave at once: none while earlier bytes are
   * held back or after the body's end. After a 0 before the end, {@link ClientStream#onRoom} is
   * called once there is room.
   */
  public int room(ClientStream stream) {
    return isOver() || !stream.open || stream.halfClosedLocal ? 0 : sending.room(stream);
  }

  /** Sends more of a body. Bytes beyond {@link #room} are held back, in the pieces as they are. */
  public void send(ClientStream stream, byte[][] pieces, boolean end) {
    if (stream.open && !stream.halfClosedLocal) {
      sending.send(stream, pieces, end);
    }
  }

  /**
   * Resets a stream, which then gets no more callbacks.
   *
   * @return whether it was still open, and the connection too
   */
  public boolean reset(ClientStream stream, Http2Error error) {
    if (closed || !stream.open) {
      return false;
    }
    forget(stream);
    Frames.rstStream(output.reserve(Frames.RST_STREAM_BYTES), stream.id, error.code());
    floodGuard.onResetSent();
    return true;
  }

  /** Sends a PING: any bytes of the peer are a sign of life. */
  public void ping(long data) {
    Frames.ping(output.reserve(Frames.PING_BYTES), false, data);
    floodGuard.onPingSent();
    flush();
  }

  /**
   * Writes the pending frames to the channel. While bytes are being read, the write follows the
   * reading.
   */
  public void flush() {
    if (!reading && !failed) {
      output.flush();
    }
  }

  /** Returns whether a stream with that id or a lower one is open. */
  public boolean hasStreamUpTo(int lastStreamId) {
    return streams.hasUpTo(lastStreamId);
  }

  /** Returns the open streams, oldest first. */
  public List<ClientStream> streams() {
    return streams.above(0);
  }

  /**
   * Removes the open streams, oldest first, without a callback of theirs.
   *
   * @param end receives each stream
   */
  public void drain(Consumer<ClientStream> end) {
    endAbove(0, end);
  }

  void endAbove(int id, Consumer<ClientStream> end) {
    for (ClientStream stream : streams.above(id)) {
      if (stream.open) {
        forget(stream);
        end.accept(stream);
      }
    }
  }

  /**
   * Returns whether the kernel has taken the whole of the stream's HEADERS. If not, the peer cannot
   * have seen the stream. Final once the connection is closed.
   */
  public boolean wasSent(ClientStream stream) {
    return output.isFlushed(stream.headersEnd);
  }

  /** Sends GOAWAY and closes the connection. */
  public void closeGracefully() {
    if (!failed && output.isOpen()) {
      Frames.goAway(output.reserve(Frames.GO_AWAY_BYTES), 0, Http2Error.NO_ERROR.code());
      output.flush();
    }
    close();
  }

  /**
   * Closes the connection without sending unflushed bytes. May be called before the channel exists.
   */
  public void close() {
    closed = true;
    discardUnsent();
    if (context != null) {
      context.close();
    }
  }

  // ---- effects of the peer's frames

  void forget(ClientStream stream) {
    streams.remove(stream);
    sending.forget(stream);
  }

  void fail(Throwable cause, boolean sending) {
    if (!failed && !closed) {
      failed = true;
      listener.onFailed(cause, sending);
    }
  }

  // ---- events of the handler

  void onChannel(ChannelHandlerContext ctx) {
    context = ctx;
    if (closed) {
      ctx.close();
    }
  }

  /** Sends the client's preface on the connected channel. */
  void begin(ChannelHandlerContext ctx) {
    output.begin(ctx);
    Frames.preface(output.reserve(Frames.PREFACE_BYTES), maxHeaderListBytes);
    receiving.open();
    output.flush();
  }

  void onReading(boolean begins) {
    reading = begins;
    flush();
  }

  /** Resumes sending after the channel has room again. */
  private void onWritable() {
    if (!isOver()) {
      sending.resume();
      flush();
      listener.onRoom();
    }
  }

  /**
   * Returns whether the connection has failed or was closed. Arriving frames are then ignored, and
   * nothing more can be sent.
   */
  public boolean isOver() {
    return failed || closed;
  }

  void discardUnsent() {
    output.discard();
  }
}
