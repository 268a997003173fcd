package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * A builder of header blocks of literals without indexing (RFC 7541, 6.2.2). Such a block means the
 * same on every connection, whatever the state of its dynamic table.
 */
public final class LiteralHeaders {
  private static final int STATUS_200 = 0x88;

  /** A literal without indexing with the name ":status", number 8 of the static table. */
  private static final int STATUS_LITERAL = 0x08;

  private static final int PREFIX_7 = 0x7f;
  private static final int CONTINUED = 0x80;

  private final ByteBuf block = Unpooled.buffer();

  /** Begins the headers of a reply with an HTTP status of three digits. */
  public LiteralHeaders status(int status) {
    if (status == 200) {
      block.writeByte(STATUS_200);
    } else {
      block.writeByte(STATUS_LITERAL);
      string(Integer.toString(status));
    }
    return this;
  }

  /**
   * Adds a field.
   *
   * @param name in lower case
   * @param value visible ASCII and blanks
   */
  public LiteralHeaders add(String name, String value) {
    block.writeByte(0);
    string(name);
    string(value);
    return this;
  }

  private void string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    writeString(block, bytes);
  }

  /**
   * Writes a string without Huffman coding, its length with a prefix of seven bits (RFC 7541, 5.1
   * and 5.2).
   */
  static void writeString(ByteBuf block, byte[] bytes) {
    writeLength(block, bytes.length);
    block.writeBytes(bytes);
  }

  /** Returns the bytes of a string in a block. */
  static int stringBytes(byte[] bytes) {
    int lengthBytes = 1;
    if (bytes.length >= PREFIX_7) {
      int rest = bytes.length - PREFIX_7;
      do {
        lengthBytes++;
        rest >>>= 7;
      } while (rest > 0);
    }
    return lengthBytes + bytes.length;
  }

  private static void writeLength(ByteBuf block, int length) {
    if (length < PREFIX_7) {
      block.writeByte(length);
      return;
    }
    block.writeByte(PREFIX_7);
    int rest = length - PREFIX_7;
    while (rest >= CONTINUED) {
      block.writeByte((rest & PREFIX_7) | CONTINUED);
      rest >>>= 7;
    }
    block.writeByte(rest);
  }

  /** Returns the block. */
  public byte[] block() {
    return ByteBufUtil.getBytes(block);
  }
}
