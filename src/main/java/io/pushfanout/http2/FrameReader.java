package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what arrives into frames and gives them to Netty's reader, but for the plain ones that
 * nearly all answers are made of: DATA without padding, and HEADERS in one frame whose block is
 * known. These are read here, by the same rules.
 */
final class FrameReader {
  private static final int TYPE_AT = 3;
  private static final int FLAGS_AT = 4;
  private static final int STREAM_AT = 5;
  private static final int MAX_FRAME_BYTES = 16_384;

  private final ReplyHeaders headers;
  private final DefaultHttp2FrameReader reader;
  private final boolean plainOnes;

  /** A header block has begun and not ended: nothing but its continuation may come. */
  private boolean blockOpen;

  /**
   * @param remembers false to leave every frame to Netty's reader, which must make no difference
   */
  FrameReader(long maxHeaderListBytes, boolean remembers) {
    headers = new ReplyHeaders(maxHeaderListBytes, remembers);
    reader = new DefaultHttp2FrameReader(headers);
    plainOnes = remembers;
  }

  /**
   * Reads one frame.
   *
   * @return false when it has not arrived whole
   */
  boolean read(ChannelHandlerContext ctx, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    if (in.readableBytes() < Frames.HEAD_BYTES) {
      return false;
    }
    int at = in.readerIndex();
    int length = in.getUnsignedMedium(at);
    int whole = Frames.HEAD_BYTES + length;
    if (in.readableBytes() < whole && length <= MAX_FRAME_BYTES) {
      return false;
    }
    byte type = in.getByte(at + TYPE_AT);
    int flags = in.getUnsignedByte(at + FLAGS_AT);
    boolean plain = plainOnes && !blockOpen && length <= MAX_FRAME_BYTES;
    if (plain && readPlain(ctx, in, type, flags, length, listener)) {
      return true;
    }
    if (type == Http2FrameTypes.HEADERS
        || type == Http2FrameTypes.PUSH_PROMISE
        || type == Http2FrameTypes.CONTINUATION) {
      blockOpen = (flags & Frames.END_HEADERS) == 0;
    }
    // What is too long is refused by its head.
    reader.readFrame(ctx, in.readSlice(Math.min(whole, in.readableBytes())), listener);
    return true;
  }

  private boolean readPlain(
      ChannelHandlerContext ctx,
      ByteBuf in,
      byte type,
      int flags,
      int length,
      Http2FrameListener listener)
      throws Http2Exception {
    int at = in.readerIndex();
    int stream = in.getInt(at + STREAM_AT) & Integer.MAX_VALUE;
    boolean end = (flags & Frames.END_STREAM) != 0;
    int others = flags & ~Frames.END_STREAM;
    if (stream == 0) {
      return false;
    }
    if (type == Http2FrameTypes.DATA && others == Frames.NO_FLAGS) {
      in.skipBytes(Frames.HEAD_BYTES);
      listener.onDataRead(ctx, stream, in.readSlice(length), 0, end);
      return true;
    }
    if (type == Http2FrameTypes.HEADERS && others == Frames.END_HEADERS) {
      @Nullable Http2Headers known = headers.find(in, at + Frames.HEAD_BYTES, length);
      if (known != null) {
        in.skipBytes(Frames.HEAD_BYTES + length);
        listener.onHeadersRead(ctx, stream, known, 0, end);
        return true;
      }
    }
    return false;
  }

  void close() {
    reader.close();
  }
}
