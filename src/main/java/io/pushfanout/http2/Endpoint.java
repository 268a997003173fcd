package io.pushfanout.http2;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One side of an HTTP/2 connection: what a client and a server have in common.
 *
 * <p>All methods are called on the channel's loop, and all callbacks run on it. Frames reach the
 * channel at {@link #flush}. A flush while bytes are being read waits for the end of the reading,
 * which flushes by itself: one write for all that one read causes.
 *
 * <p>No method here throws for want of memory: a subclass reports the failure of its connection.
 *
 * @param <S> the streams of this side
 */
abstract class Endpoint<S extends ConnectionStream> {
  final OpenStreams<S> streams = new OpenStreams<>();
  final FloodGuard floodGuard = new FloodGuard();
  final FrameWriter output;
  final RemoteFlowController sending;
  final LocalFlowController receiving;

  private @Nullable ChannelHandlerContext context;
  private @Nullable FrameHandler handler;
  private boolean reading;

  /** Whether frames that have arrived wait. */
  private boolean paused;

  private boolean failed;
  private boolean closed;

  /** Whether a task of the loop will flush. */
  private boolean flushDue;

  /**
   * @param memory the budget for bytes on their way
   * @param connectionWindow bytes that the peer may send ahead on the connection
   * @param streamWindow bytes that the peer may send ahead on each stream
   */
  Endpoint(WriteBuffers memory, int connectionWindow, int streamWindow) {
    output = new FrameWriter(memory, this::onWritable, cause -> fail(cause, true));
    sending = new RemoteFlowController(output, floodGuard);
    receiving = new LocalFlowController(output, connectionWindow, streamWindow);
  }

  /** Sets the handler that binds a channel to this connection; once, by the constructor. */
  final void handledBy(FrameHandler channelHandler) {
    handler = channelHandler;
  }

  /** Returns the handler that binds a channel to this connection. */
  public final ChannelHandler handler() {
    if (handler == null) {
      throw new IllegalStateException("no handler");
    }
    return handler;
  }

  // ---- steps of each side

  /** Sends this side's preface. */
  abstract void sendPreface();

  /** Reports bytes that have arrived, of any kind. */
  abstract void onBytes();

  /** Reports the end of a reading. */
  void onBytesEnd() {}

  /** Reports room for streams, after there was none. */
  abstract void onRoom();

  /** Reports the failure of the connection, once. */
  abstract void onFailure(Throwable cause, boolean sending);

  /** Reports the end of the channel. */
  abstract void onChannelClosed();

  // ---- for both sides

  /** Returns whether no stream is open. */
  public final boolean isIdle() {
    return streams.isEmpty();
  }

  /** Sends a PING: any bytes of the peer are a sign of life. */
  public final void ping(long data) {
    Frames.ping(output.reserve(Frames.PING_BYTES), false, data);
    floodGuard.onPingSent();
    flush();
  }

  /**
   * Writes the pending frames to the channel. While bytes are being read, the write follows the
   * reading.
   */
  public final void flush() {
    if (!reading && !failed) {
      output.flush();
    }
  }

  /**
   * Resets a stream, which then gets no more callbacks.
   *
   * @return whether it was still open, and the connection too
   */
  final boolean resetStream(S stream, Http2Error error) {
    if (closed || !stream.open) {
      return false;
    }
    forget(stream);
    Frames.rstStream(output.reserve(Frames.RST_STREAM_BYTES), stream.id, error.code());
    floodGuard.onResetSent();
    return true;
  }

  void forget(S stream) {
    streams.remove(stream);
    sending.forget(stream);
  }

  final void endAbove(int id, Consumer<S> end) {
    for (S stream : streams.above(id)) {
      if (stream.open) {
        forget(stream);
        end.accept(stream);
      }
    }
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

  /**
   * Sends the GOAWAY of an orderly end, and what is unflushed, unless the connection has failed.
   */
  final void sendGoAway(int lastStreamId) {
    if (!failed) {
      send(GoAway.inOrder(lastStreamId));
    }
  }

  final void send(GoAway last) {
    if (output.isOpen()) {
      last.writeTo(output);
      output.flush();
    }
  }

  /** Schedules one flush for all that this turn of the loop sends. */
  final void flushSoon() {
    if (!reading && !flushDue && context != null) {
      flushDue = true;
      context.executor().execute(this::flushDue);
    }
  }

  private void flushDue() {
    flushDue = false;
    flush();
  }

  /** Closes the channel once the kernel has the bytes that were flushed. */
  final void closeWhenSent() {
    ChannelHandlerContext channel = context;
    if (channel == null) {
      close();
    } else {
      closed = true;
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> channel.close());
    }
  }

  final void fail(Throwable cause, boolean whileSending) {
    if (!failed && !closed) {
      failed = true;
      onFailure(cause, whileSending);
    }
  }

  /**
   * Returns whether the connection has failed or was closed. Arriving frames are then ignored, and
   * nothing more can be sent.
   */
  public final boolean isOver() {
    return failed || closed;
  }

  /**
   * Lets the frames that follow wait, those that have arrived too, until {@link #resumeReading}.
   */
  public final void pauseReading() {
    paused = true;
  }

  /** Reads the frames that wait. */
  public final void resumeReading() {
    paused = false;
    if (handler != null && context != null && !isOver()) {
      handler.resume(context);
    }
  }

  final boolean isPaused() {
    return paused;
  }

  // ---- events of the handler

  final void onChannel(ChannelHandlerContext ctx) {
    context = ctx;
    if (closed) {
      ctx.close();
    }
  }

  /** Sends this side's preface on the connected channel. */
  final void begin(ChannelHandlerContext ctx) {
    output.begin(ctx);
    sendPreface();
    receiving.open();
    output.flush();
  }

  final void onReadBegin() {
    reading = true;
    onBytes();
  }

  final void onReadEnd() {
    if (reading) {
      onBytesEnd();
    }
    reading = false;
    flush();
  }

  /** Resumes sending after the channel has room again. */
  private void onWritable() {
    if (!isOver()) {
      sending.resume();
      flush();
      onRoom();
    }
  }

  final void discardUnsent() {
    output.discard();
  }
}
