package io.pushfanout.http2;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * A request of a peer and the reply to it; a subclass adds the state of its kind of request.
 *
 * <p>All methods run on the channel's loop. {@link #onCancelled} is the last callback, and comes
 * only to a stream without a whole reply. None follows {@link ServerConnection#reset} or the end of
 * the reply, though bytes of the request may still arrive and are dropped then.
 */
public abstract class ServerStream extends ConnectionStream {
  /** Connection of the stream; null until the stream is opened. */
  @Nullable ServerConnection connection;

  /** Whether the peer has sent the end of its request. */
  boolean halfClosedRemote;

  /** Bytes of the body that the request's headers announce; below 0 without an announcement. */
  long contentLength = RequestValidator.NO_LENGTH;

  /** Bytes of the body so far. */
  private long bodyBytes;

  /**
   * Block of the trailers, to be sent after the body; null without any, or before they are known.
   */
  byte @Nullable [] trailers;

  /**
   * Counts bytes of the body.
   *
   * @throws Http2Exception of the stream, when there are more than the headers announce
   */
  final void addBody(int bytes) throws Http2Exception {
    bodyBytes += bytes;
    if (contentLength >= 0 && bodyBytes > contentLength) {
      throw wrongLength();
    }
  }

  /**
   * Ends the request.
   *
   * @throws Http2Exception of the stream, when its body is shorter than the headers announce
   */
  final void endRequest() throws Http2Exception {
    halfClosedRemote = true;
    if (contentLength >= 0 && bodyBytes != contentLength) {
      throw wrongLength();
    }
  }

  private Http2Exception wrongLength() {
    return Http2Exception.streamError(
        id, Http2Error.PROTOCOL_ERROR, "a body of another length than content-length");
  }

  /** Returns whether trailers, and not the last bytes of the body, end the stream. */
  @Override
  final boolean hasTrailers() {
    return trailers != null;
  }

  @Override
  final void onPartSent() {
    requireNonNull(connection).onPartSent();
  }

  @Override
  final void onBodySent() {
    requireNonNull(connection).onBodySent(this);
  }

  /**
   * Begins the request, once the stream is open. A request without a body ends by {@link #onData}
   * without bytes.
   */
  protected abstract void onOpen();

  /**
   * Receives a part of the body. The peer's window stays smaller by these bytes until {@link
   * ServerConnection#consumed}.
   *
   * @param data valid during this call
   * @param end whether the request ends
   * @throws Http2Exception of the connection, when the peer abuses it
   */
  protected abstract void onData(ByteBuf data, boolean end) throws Http2Exception;

  /** Ends a stream without a whole reply: the peer has reset it, broken a rule, or gone away. */
  protected abstract void onCancelled();
}
