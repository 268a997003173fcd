package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * A request and its reply; a subclass adds the state of its kind of request.
 *
 * <p>All methods run on the channel's loop. A stream gets at most one final callback: a method with
 * {@code end} true, {@link #onReset}, {@link #onUnprocessed} or {@link #onError}. By then the
 * stream is closed and has made room for another. No callback follows {@link
 * ClientConnection#reset}, nor a broken connection: {@link ClientConnection#drain} returns the
 * streams that are left.
 */
public abstract class ClientStream extends ConnectionStream {
  boolean headersReceived;

  /** Position in the output where the stream's HEADERS end; the maximum until they are written. */
  long headersEnd = Long.MAX_VALUE;

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
}
