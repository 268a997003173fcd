package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Whoever makes requests extends it with what it wants to know of each.
 *
 * <p>Everything happens on the channel's loop. The stream is told at most one end: a method with
 * {@code end} true, {@link #onReset}, {@link #onUnprocessed} or {@link #onError}. By then it is
 * closed and has made room for another. Nothing is told after {@link ClientConnection#reset}, nor
 * when the connection breaks: {@link ClientConnection#drain} gives those that are left.
 */
public abstract class ClientStream {
  /** 0 until it is opened. */
  int id;

  /** It counts against the peer's limit, and may be told of. */
  boolean open;

  /** What the peer lets us send; below 0 after it has lowered its setting. */
  int sendWindow;

  /** What the peer has sent since we gave it room for more. */
  int received;

  boolean headersReceived;

  /** We have sent the end, or will send it with the last of {@link #unsent}. */
  boolean endGiven;

  /** What flow control holds back; null when nothing. */
  @Nullable PendingBytes unsent;

  /** Its user has found no room for more of its body: it is told when there is. */
  boolean heldBack;

  /** It is in the queue of those that wait for the connection's window or the channel. */
  boolean waiting;

  /** Where its HEADERS end in the output; nowhere until they are there. */
  long headersEnd = Long.MAX_VALUE;

  /** The stream id; 0 before it is opened. */
  public final int id() {
    return id;
  }

  /** Bytes given to be sent that are still held back. */
  final long unsentBytes() {
    return unsent == null ? 0 : unsent.bytes();
  }

  /**
   * Headers or, with {@code end} or after others, trailers.
   *
   * @param headers to be read only, and during this call
   */
  protected abstract void onHeaders(Http2Headers headers, boolean end);

  /**
   * What follows by {@link #onHeaders} is not all: what came beyond the connection's bound is
   * dropped.
   */
  protected void onHeadersCut() {}

  /**
   * @param data valid during this call; its window is given back by itself
   */
  protected abstract void onData(ByteBuf data, boolean end);

  /** The peer has reset it. */
  protected abstract void onReset(long errorCode);

  /**
   * The peer has provably not processed it.
   *
   * @param refused whether it refused this stream; else the stream is above the last of its GOAWAY
   */
  protected abstract void onUnprocessed(boolean refused);

  /** The peer has broken the protocol on this stream, which was reset for it. */
  protected abstract void onError(Http2Exception error);

  /** There is room for more of its body, after {@link ClientConnection#room} has found none. */
  protected void onRoom() {}
}
