package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * A writer of replies: headers, a body within the peer's windows, trailers. All header blocks are
 * {@link LiteralHeaders}, which use no dynamic table; the first one after a change of the table's
 * size confirms the change.
 */
final class ReplyWriter {
  /** A change of the dynamic table's size to 0, which our blocks do not use (RFC 7541, 6.3). */
  private static final int TABLE_SIZE_0 = 0x20;

  private final FrameWriter output;
  private final RemoteFlowController sending;

  /** Whether the next header block has to confirm a change of the peer's table. */
  private boolean tableUpdateDue;

  ReplyWriter(FrameWriter output, RemoteFlowController sending) {
    this.output = output;
    this.sending = sending;
  }

  /** Applies a change of the peer's SETTINGS_HEADER_TABLE_SIZE. */
  void tableSizeChanged() {
    tableUpdateDue = true;
  }

  /**
   * Writes a whole reply.
   *
   * @return whether the stream has ended by it. Otherwise {@link ServerStream#onBodySent} follows
   *     the body's last bytes, perhaps within this call
   */
  boolean write(ServerStream stream, EncodedReply reply) {
    if (reply.isHeadersOnly()) {
      writeHeaders(stream, reply.headers, true);
      return true;
    }
    if (!tableUpdateDue && reply.hasFrames() && sending.tryTake(stream, reply.body.length)) {
      reply.writeTo(output.reserve(reply.frames.length), stream.id);
      return true;
    }
    writeHeaders(stream, reply.headers, false);
    stream.trailers = reply.trailers.length == 0 ? null : reply.trailers;
    sending.send(stream, Body.of(reply.body), true);
    return false;
  }

  void writeHeaders(ServerStream stream, byte[] block, boolean end) {
    int length = block.length + (tableUpdateDue ? 1 : 0);
    ByteBuf out = output.reserve(Frames.FRAME_HEADER_BYTES + length);
    int flags = Frames.END_HEADERS | (end ? Frames.END_STREAM : Frames.NO_FLAGS);
    Frames.header(out, length, Http2FrameTypes.HEADERS, flags, stream.id);
    if (tableUpdateDue) {
      out.writeByte(TABLE_SIZE_0);
      tableUpdateDue = false;
    }
    out.writeBytes(block);
  }

  /** Writes the trailers, if there are any, after the last bytes of a body. */
  void writeTrailers(ServerStream stream) {
    if (stream.trailers != null) {
      writeHeaders(stream, stream.trailers, true);
    }
  }
}
