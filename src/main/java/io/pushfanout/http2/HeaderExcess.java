package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.nio.charset.StandardCharsets;

/**
 * The part of a header block that is dropped because the block is too long. Its fields change the
 * dynamic table as they changed the encoder's, so that later blocks are decoded right. At most one
 * field is held, and of that at most {@link #MAX_FIELD_BYTES}.
 */
final class HeaderExcess {
  /**
   * Most bytes held of a field. A string of that many encoded bytes has at least a quarter of them
   * decoded: a Huffman code has 30 bits at most. That is more than the table's 4,096 bytes, and an
   * entry larger than the table empties it (RFC 7541, section 4.4), whichever text it has.
   */
  private static final int MAX_FIELD_BYTES = 4 * 4096 + 64;

  /** A literal of 4,097 bytes that enters the table: 0x40, the name "x", the value's length. */
  private static final ByteBuf EMPTIES_TABLE =
      Unpooled.unreleasableBuffer(
          Unpooled.buffer(7 + 4097)
              .writeBytes(new byte[] {0x40, 1, 'x', 0x7f, (byte) 0x82, 0x1f})
              .writeBytes("x".repeat(4097).getBytes(StandardCharsets.US_ASCII))
              .asReadOnly());

  private final HeaderDecoder decoder;
  private final int streamId;
  private final FieldScanner scanner = new FieldScanner();
  private final ByteBuf field = Unpooled.buffer();
  private boolean tooLong;

  HeaderExcess(HeaderDecoder decoder, int streamId) {
    this.decoder = decoder;
    this.streamId = streamId;
  }

  /**
   * Adds the next piece of the block.
   *
   * @throws Http2Exception of the connection, when the table cannot be kept right
   */
  void add(ByteBuf in) throws Http2Exception {
    while (in.isReadable()) {
      int from = in.readerIndex();
      boolean ended = scanner.skipField(in);
      hold(in.slice(from, in.readerIndex() - from));
      if (ended) {
        endField();
      }
    }
  }

  private void hold(ByteBuf part) {
    tooLong |= field.readableBytes() + part.readableBytes() > MAX_FIELD_BYTES;
    if (tooLong || (!scanner.entersTable() && !scanner.isSizeUpdate())) {
      field.clear();
    } else {
      field.writeBytes(part);
    }
  }

  private void endField() throws Http2Exception {
    if (scanner.isSizeUpdate()) {
      throw Http2Exception.connectionError(
          Http2Error.COMPRESSION_ERROR, "the table's size changes in the middle of a header block");
    }
    if (scanner.entersTable()) {
      decoder.changeTable(streamId, tooLong ? EMPTIES_TABLE.duplicate() : field);
    }
    field.clear();
    tooLong = false;
  }

  /**
   * Ends the block.
   *
   * @throws Http2Exception of the connection, when the block ends within a field
   */
  void end() throws Http2Exception {
    if (scanner.isInField()) {
      throw Http2Exception.connectionError(
          Http2Error.COMPRESSION_ERROR, "a header block ends within a field");
    }
  }
}
