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
 * The client's side of one HTTP/2 connection: opens streams, sends on them, ends them. What the
 * peer sends comes in by {@link InboundFrameListener}.
 *
 * <p>All methods are called on the channel's loop, and everything is told on it. What is opened and
 * sent goes to the channel at {@link #flush}; while bytes are being read that waits for the end of
 * the reading, which flushes by itself: one write for all that many answers bring about.
 *
 * <p>What has been opened is the connection's, whatever goes wrong after that: nothing here throws
 * for want of memory. {@link ConnectionListener#onFailed} is told then, and {@link #drain} has it.
 */
public final class ClientConnection {
  private static final int SETTING_BYTES = 6;

  private final ConnectionListener listener;
  private final FrameHandler handler;
  private final RequestHeaders requestHeaders;
  private final Streams streams = new Streams();
  private final FloodGuard idling = new FloodGuard();
  private final int maxHeaderListBytes;
  private final WriteBuffers memory;

  /** Set once the channel is connected. */
  private @Nullable Started started;

  private @Nullable ChannelHandlerContext context;
  private boolean reading;
  private boolean failed;
  private boolean closed;

  /** What needs the channel. */
  private record Started(FrameWriter output, RemoteFlowController sending) {}

  /**
   * @param maxHeaderListBytes of an answer's headers or trailers, of which the rest is dropped; the
   *     peer's SETTINGS_MAX_HEADER_LIST_SIZE as well
   * @param remembersHeaders false to encode and decode each header block, which must make no
   *     difference
   */
  public ClientConnection(
      ConnectionListener listener, int maxHeaderListBytes, boolean remembersHeaders) {
    this(listener, maxHeaderListBytes, remembersHeaders, WriteBuffers.PROCESS);
  }

  ClientConnection(
      ConnectionListener listener,
      int maxHeaderListBytes,
      boolean remembersHeaders,
      WriteBuffers memory) {
    this.listener = listener;
    this.memory = memory;
    this.maxHeaderListBytes = maxHeaderListBytes;
    this.handler =
        new FrameHandler(this, listener, new FrameReader(maxHeaderListBytes, remembersHeaders));
    this.requestHeaders = new RequestHeaders(remembersHeaders);
  }

  /** What makes a channel this connection's. */
  public ChannelHandler handler() {
    return handler;
  }

  // ---- what its owner asks for

  /** Whether the peer's limit and the channel have room for another stream. */
  public boolean hasRoom() {
    return started != null && !failed && streams.hasRoom() && started.output.free() > 0;
  }

  /** How many streams the peer takes at a time. */
  public int maxStreams() {
    return streams.limit();
  }

  /** Whether no stream is open. */
  public boolean isIdle() {
    return streams.isEmpty();
  }

  /**
   * Opens a stream. Only while {@link #hasRoom}.
   *
   * @param headers of 16 KiB at most; not changed any more, and known again by identity: the same
   *     object costs a few bytes to send
   * @param body the beginning of the body, in pieces that nobody changes any more
   * @param end whether that is all of it
   */
  public void open(ClientStream stream, Http2Headers headers, byte[][] body, boolean end) {
    Started now = started();
    streams.add(stream);
    now.sending.opened(stream);
    byte[] block;
    try {
      block = requestHeaders.encode(stream.id, headers);
    } catch (Http2Exception | RuntimeException e) {
      // The peer's table may not be what ours is any more.
      fail(e, true);
      return;
    }
    ByteBuf out = now.output.room(Frames.HEAD_BYTES + block.length);
    Frames.head(out, block.length, Http2FrameTypes.HEADERS, Frames.END_HEADERS, stream.id);
    out.writeBytes(block);
    stream.headersEnd = now.output.position();
    if (end || body.length > 0) {
      now.sending.send(stream, body, end);
    }
  }

  /**
   * How many bytes more of the stream's body would leave at once. None while anything is held back;
   * {@link ClientStream#onRoom} is told when there are some.
   */
  public int room(ClientStream stream) {
    return failed || !stream.open || stream.endGiven ? 0 : started().sending.room(stream);
  }

  /**
   * Sends more of a body. What goes beyond {@link #room} is held back, in the pieces as they are.
   */
  public void send(ClientStream stream, byte[][] pieces, boolean end) {
    if (stream.open && !stream.endGiven) {
      started().sending.send(stream, pieces, end);
    }
  }

  /**
   * Resets a stream; nothing more is told of it.
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
    Frames.rstStream(started().output.room(Frames.RST_STREAM_BYTES), stream.id, error.code());
    idling.onResetSent();
  }

  /** Asks for a sign of life: any bytes are one. */
  public void ping(long data) {
    Frames.ping(started().output.room(Frames.PING_BYTES), false, data);
    idling.onPingSent();
    flush();
  }

  /** Puts on the wire what was written. While bytes are being read it comes after them. */
  public void flush() {
    if (!reading && !failed && started != null) {
      started.output.flush();
    }
  }

  /** Whether a stream with that id or a lower one is open. */
  public boolean hasStreamUpTo(int lastStreamId) {
    return streams.hasUpTo(lastStreamId);
  }

  /** Tells the streams above that id that the peer has not processed them, oldest first. */
  public void unprocessedAbove(int lastStreamId) {
    takeAbove(lastStreamId, stream -> stream.onUnprocessed(false));
  }

  /** All that are open, oldest first. */
  public List<ClientStream> streams() {
    return streams.above(0);
  }

  /** Takes those that are open, oldest first; they are told nothing. */
  public void drain(Consumer<ClientStream> end) {
    takeAbove(0, end);
  }

  private void takeAbove(int id, Consumer<ClientStream> end) {
    for (ClientStream stream : streams.above(id)) {
      if (stream.open) {
        forget(stream);
        end.accept(stream);
      }
    }
  }

  /**
   * Whether the kernel has taken the whole of the stream's HEADERS. If not, the peer cannot have
   * seen it. Final once the connection is closed.
   */
  public boolean wasSent(ClientStream stream) {
    return started().output.isTaken(stream.headersEnd);
  }

  /** Ends the connection in good order. */
  public void sayGoodbyeAndClose() {
    if (started != null && !failed && started.output.isOpen()) {
      Frames.goAway(started.output.room(Frames.GO_AWAY_BYTES), 0, Http2Error.NO_ERROR.code());
      started.output.flush();
    }
    close();
  }

  /** Ends the connection; nothing that waits for a flush is sent. May come before the channel. */
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

  // ---- what the frames bring about

  /** The peer has said all: the stream is over, whether it has read the whole request or not. */
  void answered(ClientStream stream) {
    boolean open = !stream.endGiven || stream.unsent != null;
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
      // It has ended: to reset it again would look like abuse to who counts resets.
      idling.goOnExcused();
    }
  }

  void fail(Throwable cause, boolean sending) {
    if (!failed && !closed) {
      failed = true;
      listener.onFailed(cause, sending);
    }
  }

  // ---- what its handler tells

  void onChannel(ChannelHandlerContext ctx) {
    context = ctx;
    if (closed) {
      ctx.close();
    }
  }

  /** The channel is connected: the first frames go out. Returns who obeys the peer's. */
  InboundFrameListener begin(ChannelHandlerContext ctx) {
    FrameWriter output = new FrameWriter(ctx, memory, this::onWritable, cause -> fail(cause, true));
    RemoteFlowController sending = new RemoteFlowController(output, idling);
    LocalFlowController window = new LocalFlowController(output);
    started = new Started(output, sending);
    output.room(64).writeBytes(Http2CodecUtil.connectionPrefaceBuf());
    writeSettings(output);
    window.open();
    output.flush();
    return new InboundFrameListener(
        this, listener, streams, output, sending, requestHeaders, window, idling);
  }

  private void writeSettings(FrameWriter output) {
    ByteBuf out = output.room(Frames.HEAD_BYTES + 2 * SETTING_BYTES);
    Frames.head(out, 2 * SETTING_BYTES, Http2FrameTypes.SETTINGS, Frames.NO_FLAGS, 0);
    out.writeShort(Http2CodecUtil.SETTINGS_ENABLE_PUSH).writeInt(0);
    out.writeShort(Http2CodecUtil.SETTINGS_MAX_HEADER_LIST_SIZE).writeInt(maxHeaderListBytes);
  }

  void onReading(boolean begins) {
    reading = begins;
    flush();
  }

  /** The channel has room again. */
  private void onWritable() {
    if (started != null && !isOver()) {
      started.sending.resume();
      flush();
      listener.onRoom();
    }
  }

  /** Whether nothing that arrives matters any more. */
  boolean isOver() {
    return failed || closed;
  }

  void discardUnsent() {
    if (started != null) {
      started.output.discard();
    }
  }
}
