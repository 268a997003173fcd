package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;

/** What the owner of a connection hears, on the channel's loop. */
public interface ConnectionListener {
  /** Bytes have arrived, whatever they are. */
  void onRead();

  /** The peer's SETTINGS, which are in force: its first make the connection usable. */
  void onSettings();

  /** There may be room for streams where there was none. */
  void onRoom();

  /**
   * The peer takes no more streams. It has not processed those above that id: {@link
   * ClientConnection#unprocessedAbove} tells them so. May come again with a lower id.
   *
   * @param debug valid during this call
   */
  void onGoAway(int lastStreamId, long errorCode, ByteBuf debug);

  /**
   * The connection is broken and to be closed; it does nothing more by itself. Told once.
   *
   * @param sending it has failed to send, perhaps within a call of {@link ClientConnection#flush}
   */
  void onFailed(Throwable cause, boolean sending);

  /** The channel is closed. */
  void onClosed();
}
