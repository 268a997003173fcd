package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;

/** A receiver of a connection's events, on the channel's loop. */
public interface ConnectionListener {
  /** Announces that bytes have arrived, of any kind. */
  void onRead();

  /** Announces that SETTINGS of the peer are in force; the first make the connection usable. */
  void onSettings();

  /** Announces that there may be room for streams after there was none. */
  void onRoom();

  /**
   * Announces that the peer accepts no more streams. It has not processed those above that id:
   * {@link ClientStream#onUnprocessed} ends them after this call. May be called again with a lower
   * id.
   *
   * @param debug valid during this call
   */
  void onGoAway(int lastStreamId, long errorCode, ByteBuf debug);

  /**
   * Announces that the connection is broken and must be closed; it does nothing more by itself.
   * Called once.
   *
   * @param sending whether sending failed, perhaps within a call of {@link ClientConnection#flush}
   */
  void onFailed(Throwable cause, boolean sending);

  /** Announces that the channel is closed. */
  void onClosed();
}
