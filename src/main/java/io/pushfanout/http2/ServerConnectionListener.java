package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Headers;

/** A receiver of a server connection's events, on the channel's loop. */
public interface ServerConnectionListener {
  /** Announces that bytes have arrived, of any kind. */
  void onRead();

  /** Announces that the peer's preface is whole, with its SETTINGS: the peer speaks HTTP/2. */
  void onPreface();

  /** Announces the end of a reading, before the replies that it caused are flushed. */
  void onReadComplete();

  /**
   * Returns the stream of a new request, which is opened next.
   *
   * @param headers shared and read-only: requests with the same headers most often have the same
   *     object
   * @param whole false if they were too long and the last fields are missing
   */
  ServerStream newStream(Http2Headers headers, boolean whole);

  /**
   * Decides about a PING of the peer.
   *
   * @return whether the peer sends too many
   */
  boolean isPingTooMany();

  /** Announces a frame of a reply: the peer may send PINGs anew. */
  void onReplySent();

  /**
   * Announces that the connection is broken; GOAWAY was sent if possible, and the channel is being
   * closed.
   */
  void onFailed(Throwable cause);

  /** Announces that the channel is closed. */
  void onClosed();
}
