package io.pushfanout.http2;

import org.jspecify.annotations.Nullable;

/**
 * A stream of one connection, with its windows and the bytes that they hold back. All methods run
 * on the channel's loop.
 */
abstract class ConnectionStream {
  /** Stream id; 0 until the stream is opened. */
  int id;

  /** Whether the stream counts against the limit of streams and may get callbacks. */
  boolean open;

  /** Bytes that the peer allows us to send; below 0 after the peer has lowered its setting. */
  int sendWindow;

  /** Bytes that arrived since the last WINDOW_UPDATE of the stream. */
  int received;

  /** Bytes of these that were consumed. */
  int consumed;

  /** Bytes that were not consumed, for which the connection's window was given back. */
  int heldBack;

  /** Whether the end of the body was sent, or will be sent with the last of {@link #unsent}. */
  boolean halfClosedLocal;

  /** Bytes that flow control holds back; null without any. */
  @Nullable PendingBytes unsent;

  /** Whether {@link #onRoom} is due, since the connection has reported no room. */
  boolean awaitsRoom;

  /** Whether the stream is in the queue for the connection's window or the channel. */
  boolean waiting;

  /** Returns the stream id; 0 before the stream is opened. */
  public final int id() {
    return id;
  }

  /** Returns the bytes passed to send that are still held back. */
  final long unsentBytes() {
    return unsent == null ? 0 : unsent.bytes();
  }

  /** Returns whether trailers end the stream, after the body. */
  boolean hasTrailers() {
    return false;
  }

  /** Follows bytes of the body that had been held back. */
  void onPartSent() {}

  /** Follows the last bytes of the body. */
  void onBodySent() {}

  /** Announces room for more of the body, after the connection has reported none. */
  protected void onRoom() {}
}
