package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
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
  private static final int SETTING_BYTES = 6;

  private final ConnectionListener listener;
  private final FrameHandler handler;
  private final RequestHeaders requestHeaders;
  private final Streams streams = new Streams();
  private final FloodGuard floodGuard = new FloodGuard();
  private final int maxHeaderListBytes;
  private final WriteBuffers memory;

  /** State that needs the channel; set once the channel is connected. */
  private @Nullable Started started;

  private @Nullable ChannelHandlerContext context;
  private boolean reading;
  private boolean failed;
  private boolean closed;

  /** The parts that need the channel. */
  private record Started(FrameWriter output, RemoteFlowController sending) {}

  /**
   * @param maxHeaderListBytes the most bytes of a reply's headers or trailers, of which the rest is
   *     dropped; also sent to the peer as SETTINGS_MAX_HEADER_LIST_SIZE
   * @param cachesHeaders false to encode and decode each header block, which must make no
   *     difference
   */
  public ClientConnection(
      ConnectionListener listener, int maxHeaderListBytes, boolean cachesHeaders) {
    this(listener, maxHeaderListBytes, cachesHeaders, WriteBuffers.PROCESS);
  }

  ClientConnection(
      ConnectionListener listener,
      int maxHeaderListBytes,
      boolean cachesHeaders,
      WriteBuffers memory) {
    this.listener = listener;
    this.memory = memory;
    this.maxHeaderListBytes = maxHeaderListBytes;
    this.handler =
        new FrameHandler(this, listener, new FrameReader(maxHeaderListBytes, cachesHeaders));
    this.requestHeaders = new RequestHeaders(cachesHeaders);
  }

  /** Returns the handler that binds a channel to this connection. */
  public ChannelHandler handler() {
    return handler;
  }

  // ---- for the connection's owner

  /** Returns whether the peer's limit and the channel have room for another stream. */
  public boolean hasRoom() {
    return started != null && !failed && streams.hasRoom() && started.output.free() > 0;
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
   * Opens a stream. Only while {@link #hasRoom}.
   *
   * @param headers of 16 KiB at most; never changed again, and recognized by identity: the same
   *     object costs a few bytes to send
   * @param body the beginning of the body, in pieces that are never changed again
   * @param end whether that is the whole body
   */
  public void open(ClientStream stream, Http2Headers headers, byte[][] body, boolean end) {
    Started now = started();
    streams.add(stream);
    now.sending.opened(stream);
    byte[] block;
    try {
      block = requestHeaders.encode(stream.id, headers);
    } catch (Http2Exception | RuntimeException e) {
      // The peer's header table may differ from ours now.
      fail(e, true);
      return;
    }
    ByteBuf out = now.output.reserve(Frames.FRAME_HEADER_BYTES + block.length);
    Frames.header(out, block.length, Http2FrameTypes.HEADERS, Frames.END_HEADERS, stream.id);
    out.writeBytes(block);
    stream.headersEnd = now.output.position();
    if (end || body.length > 0) {
      now.sending.send(stream, body, end);
    }
  }

  /**
   * Returns the bytes of the stream's body that would leave at once: none while earlier bytes are
   * held back or after the body's end. After a 0 before the end, {@link ClientStream#onRoom} is
   * called once there is room.
   */
  public int room(ClientStream stream) {
    return failed || !stream.open || stream.halfClosedLocal ? 0 : started().sending.room(stream);
  }

  /** Sends more of a body. Bytes beyond {@link #room} are held back, in the pieces as they are. */
  public void send(ClientStream stream, byte[][] pieces, boolean end) {
    if (stream.open && !stream.halfClosedLocal) {
      started().sending.send(stream, pieces, end);
    }
  }

  /**
   * Resets a stream, which then gets no more callbacks.
   *
   * @return whether it was still open
   */
  public boolean reset(ClientStream stream, Http2Error error) {
    if (!stream.open) {
      return false;
    }
    forget(stream);
    writeReset(stream, error);
    return true;
  }

  private void writeReset(ClientStream stream, Http2Error error) {
    Frames.rstStream(started().output.reserve(Frames.RST_STREAM_BYTES), stream.id, error.code());
    floodGuard.onResetSent();
  }

  /** Sends a PING: any bytes of the peer are a sign of life. */
  public void ping(long data) {
    Frames.ping(started().output.reserve(Frames.PING_BYTES), false, data);
    floodGuard.onPingSent();
    flush();
  }

  /**
   * Writes the pending frames to the channel. While bytes are being read, the write follows the
   * reading.
   */
  public void flush() {
    if (!reading && !failed && started != null) {
      started.output.flush();
    }
  }

  /** Returns whether a stream with that id or a lower one is open. */
  public boolean hasStreamUpTo(int lastStreamId) {
    return streams.hasUpTo(lastStreamId);
  }

  /** Ends the streams above that id as not processed by the peer, oldest first. */
  public void unprocessedAbove(int lastStreamId) {
    endAbove(lastStreamId, stream -> stream.onUnprocessed(false));
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

  private void endAbove(int id, Consumer<ClientStream> end) {
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
    return started().output.isFlushed(stream.headersEnd);
  }

  /** Sends GOAWAY and closes the connection. */
  public void sayGoodbyeAndClose() {
    if (started != null && !failed && started.output.isOpen()) {
      Frames.goAway(started.output.reserve(Frames.GO_AWAY_BYTES), 0, Http2Error.NO_ERROR.code());
      started.output.flush();
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

  private Started started() {
    if (started == null) {
      throw new IllegalStateException("not connected");
    }
    return started;
  }

  // ---- effects of the peer's frames

  /**
   * Removes a stream whose reply is complete, whether or not the peer has read the whole request.
   */
  void onReplyEnd(ClientStream stream) {
    boolean open = !stream.halfClosedLocal || stream.unsent != null;
    forget(stream);
    if (open) {
      writeReset(stream, Http2Error.CANCEL);
    }
  }

  void forget(ClientStream stream) {
    streams.remove(stream);
    started().sending.forget(stream);
  }

  void onStreamError(Http2Exception.StreamException error) throws Http2Exception {
    ClientStream stream = streams.get(error.streamId());
    if (stream != null) {
      reset(stream, error.error());
      stream.onError(error);
    } else if (streams.isIdle(error.streamId())) {
      throw Http2Exception.connectionError(error.error(), error, "%s", error.getMessage());
    } else {
      // The stream has ended: a peer that counts resets would take a second one for abuse.
      floodGuard.countExcusable();
    }
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

  /** Sends the first frames of a connected channel. Returns the listener for the peer's frames. */
  InboundFrameListener begin(ChannelHandlerContext ctx) {
    FrameWriter output = new FrameWriter(ctx, memory, this::onWritable, cause -> fail(cause, true));
    RemoteFlowController sending = new RemoteFlowController(output, floodGuard);
    LocalFlowController window = new LocalFlowController(output);
    started = new Started(output, sending);
    output.reserve(64).writeBytes(Http2CodecUtil.connectionPrefaceBuf());
    writeSettings(output);
    window.open();
    output.flush();
    return new InboundFrameListener(
        this, listener, streams, output, sending, requestHeaders, window, floodGuard);
  }

  private void writeSettings(FrameWriter output) {
    ByteBuf out = output.reserve(Frames.FRAME_HEADER_BYTES + 2 * SETTING_BYTES);
    Frames.header(out, 2 * SETTING_BYTES, Http2FrameTypes.SETTINGS, Frames.NO_FLAGS, 0);
    out.writeShort(Http2CodecUtil.SETTINGS_ENABLE_PUSH).writeInt(0);
    out.writeShort(Http2CodecUtil.SETTINGS_MAX_HEADER_LIST_SIZE).writeInt(maxHeaderListBytes);
  }

  void onReading(boolean begins) {
    reading = begins;
    flush();
  }

  /** Resumes sending after the channel has room again. */
  private void onWritable() {
    if (started != null && !isOver()) {
      started.sending.resume();
      flush();
      listener.onRoom();
    }
  }

  /** Returns whether arriving frames are to be ignored. */
  boolean isOver() {
    return failed || closed;
  }

  void discardUnsent() {
    if (started != null) {
      started.output.discard();
    }
  }
}
