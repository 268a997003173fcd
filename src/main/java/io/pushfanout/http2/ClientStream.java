package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * A request and its reply; a subclass adds the state of its kind of request.
 *
 * <p>All methods run on the channel's loop. A stream gets at most one final callback: a method with
 * {@code end} true, {@link #onReset}, {@link #onUnprocessed} or {@link #onError}. By then the
 * stream is closed and has made room for another. No callback follows {@link
 * ClientConnection#reset}, nor a broken connection: {@link ClientConnection#drain} returns the
 * streams that are left.
 */
public abstract class ClientStream {
  /** Stream id; 0 until the stream is opened. */
  int id;

  /** Whether the stream counts against the peer's limit and may get callbacks. */
  boolean open;

  /** Bytes that the peer allows us to send; below 0 after the peer has lowered its setting. */
  int sendWindow;

  /** Bytes received since the last WINDOW_UPDATE of the stream. */
  int received;

  boolean headersReceived;

  /** Whether END_STREAM was sent, or will be sent with the last of {@link #unsent}. */
  boolean halfClosedLocal;

  /** Bytes that flow control holds back; null without any. */
  @Nullable PendingBytes unsent;

  /** Whether {@link #onRoom} is due, since {@link ClientConnection#room} has returned 0. */
  boolean awaitsRoom;

  /** Whether the stream is in the queue for the connection's window or the channel. */
  boolean waiting;

  /** Position in the output where the stream's HEADERS end; the maximum until they are written. */
  long headersEnd = Long.MAX_VALUE;

  /** Returns the stream id; 0 before the stream is opened. */
  public final int id() {
    return id;
  }

  /** Returns the bytes passed to send that are still held back. */
  final long unsentBytes() {
    return unsent == null ? 0 : unsent.bytes();
  }

  /**
   * Receives headers or, with {@code end} or after others, trailers.
   *
   * @param headers to be read only, and during this call
   */
  protected abstract void onHeaders(Http2Headers headers, boolean end);

  /**
   * Announces that the next {@link #onHeaders} is incomplete: fields beyond the connection's bound
   * were dropped.
   */
  protected void onHeadersCut() {}

  /**
   * Receives a part of the body.
   *
   * @param data valid during this call; the connection gives its window back
   */
  protected abstract void onData(ByteBuf data, boolean end);

  /** Receives the peer's reset of the stream. */
  protected abstract void onReset(long errorCode);

  /**
   * Ends a stream that the peer has provably not processed.
   *
   * @param refused whether the peer refused this stream; else the stream is above the last of its
   *     GOAWAY
   */
  protected abstract void onUnprocessed(boolean refused);

  /** Ends a stream that was reset because the peer broke the protocol on it. */
  protected abstract void onError(Http2Exception error);

  /** Announces room for more of the body, after {@link ClientConnection#room} has returned 0. */
  protected void onRoom() {}
}
