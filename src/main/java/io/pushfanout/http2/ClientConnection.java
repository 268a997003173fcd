package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one HTTP/2 connection: opens streams, sends on them, ends them. Frames of
 * the peer arrive through {@link ClientFrameListener}.
 *
 * <p>A stream once opened belongs to the connection, even after a failure: no method here throws
 * for want of memory. The connection reports it by {@link ConnectionListener#onFailed}, and {@link
 * #drain} returns the stream.
 */
public final class ClientConnection extends Endpoint<ClientStream> {
  /** Bytes of the connection's window, for many replies at a time. */
  private static final int CONNECTION_WINDOW = 1 << 20;

  /** Bytes of a stream's window, the default of HTTP/2. */
  private static final int STREAM_WINDOW = 65_535;

  private final ConnectionListener listener;
  private final HeaderEncoder encoder;
  private final int maxHeaderListBytes;

  /**
   * @param maxHeaderListBytes the most bytes of a reply's headers or trailers, of which the rest is
   *     dropped; also sent to the peer as SETTINGS_MAX_HEADER_LIST_SIZE
   * @param cachesHeaders false to encode and decode each header block, which must make no
   *     difference
   * @param memory the budget for bytes on their way
   */
  public ClientConnection(
      ConnectionListener listener,
      int maxHeaderListBytes,
      boolean cachesHeaders,
      WriteBuffers memory) {
    super(memory, CONNECTION_WINDOW, STREAM_WINDOW);
    this.listener = listener;
    this.maxHeaderListBytes = maxHeaderListBytes;
    encoder = new HeaderEncoder(cachesHeaders);
    FrameReader reader =
        new FrameReader(maxHeaderListBytes, cachesHeaders, HeaderDecoder.REPLY_BYTES);
    handledBy(new FrameHandler(this, reader, new ClientFrameListener(this, listener, encoder)));
  }

  // ---- for the connection's owner

  /** Returns whether the peer's limit and the channel have room for another stream. */
  public boolean canOpenStream() {
    return !isOver() && streams.canOpen() && output.free() > 0;
  }

  /** Returns the number of streams that the peer accepts at a time. */
  public int maxStreams() {
    return streams.limit();
  }

  /**
   * Opens a stream. Only while {@link #canOpenStream}.
   *
   * @param headers of 16 KiB at most; never changed again, and recognized by identity: the same
   *     object costs a few bytes to send
   */
  public void open(ClientStream stream, Http2Headers headers) {
    byte[] block = begin(stream, headers);
    if (block != null) {
      writeHeader(stream, block.length).writeBytes(block);
      stream.headersEnd = output.position();
    }
  }

  /**
   * Opens a stream with more fields. Only while {@link #canOpenStream}.
   *
   * @param headers the other headers, as in the other method
   * @param values values of the fields, of at most 8 KiB in all; an empty one leaves its field out
   */
  public void open(
      ClientStream stream, Http2Headers headers, LiteralFields fields, byte[][] values) {
    byte[] block = begin(stream, headers);
    if (block != null) {
      ByteBuf out = writeHeader(stream, block.length + fields.length(values));
      fields.write(out.writeBytes(block), values);
      stream.headersEnd = output.position();
    }
  }

  /** Adds the stream and returns the block of its headers; null when the connection fails. */
  private byte @Nullable [] begin(ClientStream stream, Http2Headers headers) {
    streams.add(stream);
    sending.opened(stream);
    try {
      return encoder.encode(stream.id, headers);
    } catch (Http2Exception | RuntimeException e) {
      // The peer's header table may differ from ours now.
      fail(e, true);
      return null;
    }
  }

  private ByteBuf writeHeader(ClientStream stream, int length) {
    ByteBuf out = output.reserve(Frames.FRAME_HEADER_BYTES + length);
    Frames.header(out, length, Http2FrameTypes.HEADERS, Frames.END_HEADERS, stream.id);
    return out;
  }

  /**
   * Returns the bytes of the stream's body that would leave at once: none while earlier bytes are
   * held back or after the body's end. After a 0 before the end, {@link ClientStream#onRoom} is
   * called once there is room.
   */
  public int room(ClientStream stream) {
    return isOver() || !stream.open || stream.halfClosedLocal ? 0 : sending.room(stream);
  }

  /** Sends more of a body. Bytes beyond {@link #room} are held back, in the pieces as they are. */
  public void send(ClientStream stream, Body more, boolean end) {
    if (stream.open && !stream.halfClosedLocal) {
      sending.send(stream, more, end);
    }
  }

  /**
   * Resets a stream, which then gets no more callbacks.
   *
   * @return whether it was still open, and the connection too
   */
  public boolean reset(ClientStream stream, Http2Error error) {
    return resetStream(stream, error);
  }

  /** Returns whether a stream with that id or a lower one is open. */
  public boolean hasStreamUpTo(int lastStreamId) {
    return streams.hasUpTo(lastStreamId);
  }

  /** Returns the open streams, oldest first. */
  public List<ClientStream> streams() {
    return streams.above(0);
  }

  /**
   * Removes the open streams, oldest first, without a callback of theirs.
   *
   * @param end receives each stream
   */
  public void drain(Consumer<ClientStream> end) {
    endAbove(0, end);
  }

  /**
   * Returns whether the kernel has taken the whole of the stream's HEADERS. If not, the peer cannot
   * have seen the stream. Final once the connection is closed.
   */
  public boolean wasSent(ClientStream stream) {
    return output.isFlushed(stream.headersEnd);
  }

  /** Sends GOAWAY and closes the connection. */
  public void closeGracefully() {
    sendGoAway(0);
    close();
  }

  // ---- steps of an endpoint

  @Override
  void sendPreface() {
    Frames.preface(output.reserve(Frames.PREFACE_BYTES), maxHeaderListBytes);
  }

  @Override
  void onBytes() {
    listener.onRead();
  }

  @Override
  void onRoom() {
    listener.onRoom();
  }

  @Override
  void onFailure(Throwable cause, boolean sending) {
    listener.onFailed(cause, sending);
  }

  @Override
  void onChannelClosed() {
    listener.onClosed();
  }
}
