package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * A whole reply as its frames, encoded once for all streams and connections: the header blocks use
 * no dynamic table. Immutable.
 */
public final class EncodedReply {
  /** Most bytes of a body that every peer takes in one frame. */
  private static final int MAX_FRAME_BYTES = 16_384;

  final byte[] headers;
  final byte[] body;
  final byte[] trailers;

  /** The frames, with 0 for the stream's id; none of a body that needs several. */
  final byte[] frames;

  /** Positions of the stream's id in {@link #frames}. */
  private final int[] idPositions;

  private EncodedReply(byte[] headers, byte[] body, byte[] trailers) {
    this.headers = headers;
    this.body = body;
    this.trailers = trailers;
    ByteBuf out = Unpooled.buffer();
    if (body.length > MAX_FRAME_BYTES) {
      idPositions = new int[0];
    } else if (body.length == 0) {
      idPositions = new int[] {idPosition(out)};
      frame(out, Http2FrameTypes.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, headers);
    } else {
      boolean ends = trailers.length == 0;
      int[] positions = new int[ends ? 2 : 3];
      positions[0] = idPosition(out);
      frame(out, Http2FrameTypes.HEADERS, Frames.END_HEADERS, headers);
      positions[1] = idPosition(out);
      frame(out, Http2FrameTypes.DATA, ends ? Frames.END_STREAM : Frames.NO_FLAGS, body);
      if (!ends) {
        positions[2] = idPosition(out);
        frame(out, Http2FrameTypes.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, trailers);
      }
      idPositions = positions;
    }
    frames = ByteBufUtil.getBytes(out);
  }

  /**
   * Returns a reply of headers, one body and trailers.
   *
   * @param headers block by {@link LiteralHeaders}
   * @param body 1 byte or more
   * @param trailers block by {@link LiteralHeaders}
   * @throws IllegalArgumentException when the body is empty
   */
  public static EncodedReply of(byte[] headers, byte[] body, byte[] trailers) {
    if (body.length == 0) {
      throw new IllegalArgumentException("a reply without a body");
    }
    return new EncodedReply(headers, body, trailers);
  }

  /**
   * Returns a reply of headers and one body, which ends the stream.
   *
   * @param body 1 to 16,384 bytes
   */
  public static EncodedReply ofBody(byte[] headers, byte[] body) {
    if (body.length == 0 || body.length > MAX_FRAME_BYTES) {
      throw new IllegalArgumentException("a body of " + body.length + " bytes");
    }
    return new EncodedReply(headers, body, new byte[0]);
  }

  /** Returns a reply of headers alone, which end the stream. */
  public static EncodedReply ofHeaders(byte[] headers) {
    return new EncodedReply(headers, new byte[0], new byte[0]);
  }

  private static int idPosition(ByteBuf out) {
    return out.writerIndex() + Frames.FRAME_HEADER_BYTES - Integer.BYTES;
  }

  private static void frame(ByteBuf out, byte type, int flags, byte[] payload) {
    Frames.header(out, payload.length, type, flags, 0);
    out.writeBytes(payload);
  }

  /** Returns whether the reply has no body. */
  boolean isHeadersOnly() {
    return body.length == 0;
  }

  /** Returns whether {@link #frames} are the whole reply. */
  boolean hasFrames() {
    return frames.length > 0;
  }

  /** Writes the frames of one stream. */
  void writeTo(ByteBuf out, int streamId) {
    int at = out.writerIndex();
    out.writeBytes(frames);
    for (int position : idPositions) {
      out.setInt(at + position, streamId);
    }
  }
}
