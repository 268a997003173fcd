package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * A reader that cuts the bytes received into frames. Header blocks go to {@link HeaderBlockReader};
 * plain DATA, and HEADERS with a cached block, are read here; Netty's reader reads all others.
 */
final class FrameReader {
  /** A receiver of the frames that the reader has checked one by one. */
  interface Listener extends Http2FrameListener {
    /**
     * Receives a whole header block.
     *
     * @param whole false if it was too long and the last fields are missing
     */
    void onHeaders(int id, Http2Headers headers, boolean whole, boolean end) throws Http2Exception;

    /**
     * Receives a header block of malformed headers, which has changed the header table all the
     * same.
     */
    void onMalformedHeaders(Http2Exception.StreamException error) throws Http2Exception;

    /**
     * Resets the stream of an error; an error of a stream that was never opened is the
     * connection's.
     */
    void onStreamError(Http2Exception.StreamException error) throws Http2Exception;
  }

  private static final int TYPE_AT = 3;
  private static final int FLAGS_AT = 4;
  private static final int MAX_FRAME_BYTES = 16_384;
  private static final int PRIORITY_BYTES = 5;

  private final HeaderDecoder headers;
  private final HeaderBlockReader blocks;
  private final DefaultHttp2FrameReader reader = new DefaultHttp2FrameReader();
  private final boolean readsPlainFrames;
  private boolean begun;

  /**
   * @param maxHeaderListBytes the most bytes of one block's headers, decoded and encoded; the rest
   *     is dropped
   * @param cachesHeaders false to read no frame as a plain one, which must make no difference
   * @param maxCachedBytes the most bytes of a cached block
   */
  FrameReader(int maxHeaderListBytes, boolean cachesHeaders, int maxCachedBytes) {
    headers = new HeaderDecoder(maxHeaderListBytes, cachesHeaders, maxCachedBytes);
    blocks = new HeaderBlockReader(headers, maxHeaderListBytes);
    readsPlainFrames = cachesHeaders;
  }

  /**
   * Returns whether the peer's first frame, which must be SETTINGS (RFC 9113, 3.4), has begun. A
   * peer of another protocol is recognized by its first bytes, before they make a frame.
   *
   * @return false while there are too few bytes to decide
   */
  boolean hasBegun(ByteBuf in) throws Http2Exception {
    if (!begun && in.readableBytes() >= Frames.FRAME_HEADER_BYTES) {
      int at = in.readerIndex();
      if (in.getByte(at + TYPE_AT) != Http2FrameTypes.SETTINGS
          || (in.getByte(at + FLAGS_AT) & Frames.ACK) != 0) {
        throw protocolError("its first frame is not SETTINGS");
      }
      begun = true;
    }
    return begun;
  }

  /**
   * Reads one frame.
   *
   * @return false when the frame has not arrived whole
   */
  boolean read(ChannelHandlerContext ctx, ByteBuf in, Listener listener) throws Http2Exception {
    if (in.readableBytes() < Frames.FRAME_HEADER_BYTES) {
      return false;
    }
    int at = in.readerIndex();
    // One read of eight bytes and one of one: length (24 bits), type, flags, stream id.
    long head = in.getLong(at);
    int length = (int) (head >>> 40);
    int whole = Frames.FRAME_HEADER_BYTES + length;
    if (length > MAX_FRAME_BYTES) {
      // Netty's reader refuses the frame by its header.
      reader.readFrame(ctx, in.readSlice(Math.min(whole, in.readableBytes())), listener);
      return true;
    }
    if (in.readableBytes() < whole) {
      return false;
    }
    byte type = (byte) (head >>> 32);
    int flags = (int) (head >>> 24) & 0xFF;
    int stream = (((int) head << 8) | in.getUnsignedByte(at + Long.BYTES)) & Integer.MAX_VALUE;
    if (blocks.openStream() != 0) {
      if (type != Http2FrameTypes.CONTINUATION || stream != blocks.openStream()) {
        throw protocolError("a frame in the middle of another stream's header block");
      }
    } else if (readsPlainFrames && readPlain(ctx, in, type, flags, stream, length, listener)) {
      return true;
    }
    ByteBuf frame = in.readSlice(whole);
    switch (type) {
      case Http2FrameTypes.HEADERS -> readHeaders(ctx, frame, flags, stream, listener);
      case Http2FrameTypes.CONTINUATION -> readContinuation(ctx, frame, flags, listener);
      case Http2FrameTypes.PUSH_PROMISE ->
          throw protocolError("PUSH_PROMISE, which our SETTINGS forbid");
      default -> reader.readFrame(ctx, frame, listener);
    }
    return true;
  }

  private static Http2Exception protocolError(String text) {
    return Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "%s", text);
  }

  /**
   * Reads a HEADERS frame. Errors are of the connection: a block left undecoded makes the header
   * table wrong.
   */
  private void readHeaders(
      ChannelHandlerContext ctx, ByteBuf frame, int flags, int stream, Listener listener)
      throws Http2Exception {
    if (stream == 0) {
      throw protocolError("HEADERS without a stream");
    }
    frame.skipBytes(Frames.FRAME_HEADER_BYTES);
    boolean padded = (flags & Frames.PADDED) != 0;
    int priority = (flags & Frames.PRIORITY) == 0 ? 0 : PRIORITY_BYTES;
    if (frame.readableBytes() < priority + (padded ? 1 : 0)) {
      throw Http2Exception.connectionError(
          Http2Error.FRAME_SIZE_ERROR, "HEADERS too short for its flags");
    }
    int padding = padded ? frame.readUnsignedByte() : 0;
    if (priority > 0) {
      int dependency = frame.readInt() & Integer.MAX_VALUE;
      frame.skipBytes(priority - Integer.BYTES);
      if (dependency == stream) {
        throw protocolError("HEADERS of a stream that depends on itself");
      }
    }
    if (padding > frame.readableBytes()) {
      throw protocolError("HEADERS with more padding than payload");
    }
    blocks.begin(stream, (flags & Frames.END_STREAM) != 0);
    ByteBuf fragment = frame.readSlice(frame.readableBytes() - padding);
    blocks.add(fragment, (flags & Frames.END_HEADERS) != 0, ctx.alloc(), listener);
  }

  private void readContinuation(
      ChannelHandlerContext ctx, ByteBuf frame, int flags, Listener listener)
      throws Http2Exception {
    if (blocks.openStream() == 0) {
      throw protocolError("CONTINUATION of no header block");
    }
    frame.skipBytes(Frames.FRAME_HEADER_BYTES);
    blocks.add(frame, (flags & Frames.END_HEADERS) != 0, ctx.alloc(), listener);
  }

  private boolean readPlain(
      ChannelHandlerContext ctx,
      ByteBuf in,
      byte type,
      int flags,
      int stream,
      int length,
      Listener listener)
      throws Http2Exception {
    int at = in.readerIndex();
    boolean end = (flags & Frames.END_STREAM) != 0;
    int others = flags & ~Frames.END_STREAM;
    if (stream == 0) {
      return false;
    }
    if (type == Http2FrameTypes.DATA && others == Frames.NO_FLAGS) {
      in.skipBytes(Frames.FRAME_HEADER_BYTES);
      listener.onDataRead(ctx, stream, in.readSlice(length), 0, end);
      return true;
    }
    if (type == Http2FrameTypes.HEADERS && others == Frames.END_HEADERS) {
      @Nullable Http2Headers cached = headers.find(in, at + Frames.FRAME_HEADER_BYTES, length);
      if (cached != null) {
        in.skipBytes(Frames.FRAME_HEADER_BYTES + length);
        listener.onHeaders(stream, cached, true, end);
        return true;
      }
    }
    return false;
  }

  void close() {
    blocks.close();
    reader.close();
  }
}
