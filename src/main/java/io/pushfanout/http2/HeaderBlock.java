package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;

/** An inspection of an encoded header block without decoding it (RFC 7541, section 6). */
final class HeaderBlock {
  private static final int INDEXED = 0x80;
  private static final int CHANGES_TABLE = 0x60;
  private static final int LITERAL_NAME_BITS = 0x0f;
  private static final int LENGTH_BITS = 0x7f;

  private HeaderBlock() {}

  /**
   * Returns whether the block leaves the dynamic table as it is: the same bytes then mean the same
   * headers as long as no other block changes the table. False for an unreadable block.
   */
  static boolean keepsTable(ByteBuf block) {
    int at = block.readerIndex();
    int end = block.writerIndex();
    while (at >= 0 && at < end) {
      int first = block.getUnsignedByte(at);
      if ((first & INDEXED) != 0) {
        at = afterInteger(block, at, end, LENGTH_BITS);
      } else if ((first & CHANGES_TABLE) != 0) {
        return false;
      } else {
        boolean nameFollows = (first & LITERAL_NAME_BITS) == 0;
        at = afterInteger(block, at, end, LITERAL_NAME_BITS);
        at = nameFollows ? afterString(block, at, end) : at;
        at = afterString(block, at, end);
      }
    }
    return at == end;
  }

  /**
   * Returns the index after an integer, or -1. Reads integers within the prefix, which short blocks
   * have, and small ones of two bytes.
   */
  private static int afterInteger(ByteBuf block, int at, int end, int prefix) {
    if (at >= end) {
      return -1;
    }
    if ((block.getUnsignedByte(at) & prefix) != prefix) {
      return at + 1;
    }
    // Two bytes are enough for a static name's index above 14.
    return at + 1 < end && block.getByte(at + 1) >= 0 ? at + 2 : -1;
  }

  private static int afterString(ByteBuf block, int at, int end) {
    if (at < 0 || at >= end) {
      return -1;
    }
    int length = block.getUnsignedByte(at) & LENGTH_BITS;
    return length == LENGTH_BITS || at + 1 + length > end ? -1 : at + 1 + length;
  }
}
