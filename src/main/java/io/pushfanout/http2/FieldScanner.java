package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * A scanner that finds the ends of a header block's fields without decoding them (RFC 7541,
 * sections 5 and 6). The block may come in pieces of any size.
 */
final class FieldScanner {
  private static final int INDEXED = 0x80;
  private static final int INCREMENTAL = 0x40;
  private static final int SIZE_UPDATE = 0x20;
  private static final int CONTINUED = 0x80;
  private static final int LENGTH_BITS = 0x7f;

  /** Shift that no continuation byte may have: the integer would be above 2^28. */
  private static final int MAX_SHIFT = 28;

  private enum Part {
    FIRST_BYTE,
    INDEX,
    NAME_LENGTH,
    NAME,
    VALUE_LENGTH,
    VALUE
  }

  private Part part = Part.FIRST_BYTE;
  private boolean literal;
  private boolean entersTable;
  private boolean sizeUpdate;

  /** The integer being read, and after a length the bytes still missing of its string. */
  private int number;

  private int shift;
  private boolean numberOpen;

  /**
   * Returns whether the block leaves the dynamic table as it is: the same bytes then mean the same
   * headers as long as no other block changes the table. False for an unreadable block.
   */
  static boolean keepsTable(ByteBuf block) {
    FieldScanner scanner = new FieldScanner();
    ByteBuf in = block.slice();
    try {
      while (scanner.skipField(in)) {
        if (scanner.entersTable || scanner.sizeUpdate) {
          return false;
        }
      }
    } catch (Http2Exception _) {
      return false;
    }
    return !scanner.isInField();
  }

  /**
   * Reads to the end of the field, or to the end of the buffer.
   *
   * @return whether the field has ended; the other methods then describe this field
   * @throws Http2Exception of the connection, for an integer that is too large
   */
  boolean skipField(ByteBuf in) throws Http2Exception {
    while (in.isReadable()) {
      boolean ended = numberOpen ? onContinuation(in.readByte()) : onPart(in);
      if (ended) {
        part = Part.FIRST_BYTE;
        return true;
      }
    }
    return false;
  }

  /** Returns whether the field enters the dynamic table. */
  boolean entersTable() {
    return entersTable;
  }

  boolean isSizeUpdate() {
    return sizeUpdate;
  }

  /** Returns whether a field has begun and not ended. */
  boolean isInField() {
    return part != Part.FIRST_BYTE;
  }

  private boolean onPart(ByteBuf in) {
    return switch (part) {
      case FIRST_BYTE -> onFirstByte(in.readUnsignedByte());
      case NAME_LENGTH, VALUE_LENGTH -> onNumber(in.readUnsignedByte(), LENGTH_BITS);
      case NAME, VALUE -> onString(in);
      case INDEX -> throw new IllegalStateException("an index is a number");
    };
  }

  private boolean onFirstByte(int first) {
    literal = (first & INDEXED) == 0 && ((first & INCREMENTAL) != 0 || (first & SIZE_UPDATE) == 0);
    entersTable = literal && (first & INCREMENTAL) != 0;
    sizeUpdate = !literal && (first & INDEXED) == 0;
    part = Part.INDEX;
    int prefix = (first & INDEXED) != 0 ? 0x7f : entersTable ? 0x3f : sizeUpdate ? 0x1f : 0x0f;
    return onNumber(first, prefix);
  }

  private boolean onNumber(int first, int prefix) {
    number = first & prefix;
    shift = 0;
    numberOpen = number == prefix;
    return !numberOpen && onNumberEnd();
  }

  private boolean onContinuation(byte next) throws Http2Exception {
    if (shift >= MAX_SHIFT) {
      throw Http2Exception.connectionError(
          Http2Error.COMPRESSION_ERROR, "an integer of a header block is above 2^28");
    }
    number += (next & LENGTH_BITS) << shift;
    shift += 7;
    numberOpen = (next & CONTINUED) != 0;
    return !numberOpen && onNumberEnd();
  }

  private boolean onNumberEnd() {
    switch (part) {
      case INDEX -> part = number == 0 ? Part.NAME_LENGTH : Part.VALUE_LENGTH;
      case NAME_LENGTH -> part = number == 0 ? Part.VALUE_LENGTH : Part.NAME;
      case VALUE_LENGTH -> {
        part = Part.VALUE;
        return number == 0;
      }
      case FIRST_BYTE, NAME, VALUE -> throw new IllegalStateException("no number: " + part);
    }
    return !literal;
  }

  private boolean onString(ByteBuf in) {
    int count = Math.min(number, in.readableBytes());
    in.skipBytes(count);
    number -= count;
    if (number > 0) {
      return false;
    }
    boolean ended = part == Part.VALUE;
    part = Part.VALUE_LENGTH;
    return ended;
  }
}
