package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Header fields that have other values in each request: literals that are never indexed (RFC 7541,
 * 6.2.3), so that they may follow a cached block and change no dynamic table.
 */
public final class LiteralFields {
  private static final int NEVER_INDEXED = 0x10;

  /** The pattern of each literal, and its name. */
  private final byte[][] heads;

  /**
   * @param names in lower case
   */
  public LiteralFields(List<String> names) {
    heads = names.stream().map(LiteralFields::head).toArray(byte[][]::new);
  }

  private static byte[] head(String name) {
    ByteBuf field = Unpooled.buffer().writeByte(NEVER_INDEXED);
    LiteralHeaders.writeString(field, name.getBytes(StandardCharsets.US_ASCII));
    return ByteBufUtil.getBytes(field);
  }

  /**
   * Returns the bytes of the fields with those values.
   *
   * @param values in the order of the names; a field with an empty one is left out
   */
  int length(byte[][] values) {
    int length = 0;
    for (int i = 0; i < heads.length; i++) {
      if (values[i].length > 0) {
        length += heads[i].length + LiteralHeaders.stringBytes(values[i]);
      }
    }
    return length;
  }

  void write(ByteBuf block, byte[][] values) {
    for (int i = 0; i < heads.length; i++) {
      if (values[i].length > 0) {
        block.writeBytes(heads[i]);
        LiteralHeaders.writeString(block, values[i]);
      }
    }
  }
}
