package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * A header field that has another value in each request: a literal that is never indexed (RFC 7541,
 * 6.2.3), so that it may follow a cached block and changes no dynamic table.
 */
public final class LiteralField {
  private static final int NEVER_INDEXED = 0x10;

  /** The pattern of the literal, and its name. */
  private final byte[] head;

  /**
   * @param name in lower case
   */
  public LiteralField(String name) {
    ByteBuf field = Unpooled.buffer().writeByte(NEVER_INDEXED);
    LiteralHeaders.writeString(field, name.getBytes(StandardCharsets.US_ASCII));
    head = ByteBufUtil.getBytes(field);
  }

  /** Returns the bytes of the field with that value. */
  int length(byte[] value) {
    return head.length + LiteralHeaders.stringBytes(value);
  }

  void write(ByteBuf block, byte[] value) {
    block.writeBytes(head);
    LiteralHeaders.writeString(block, value);
  }
}
