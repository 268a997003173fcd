package io.pushfanout.connect;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Header blocks of literal fields, which need no table (RFC 7541, 6.2). */
final class HeaderLiterals {
  private static final int NOT_INDEXED = 0;
  private static final int INDEXED = 0x40;

  private HeaderLiterals() {}

  static byte[] block(String... namesAndValues) {
    return block(NOT_INDEXED, namesAndValues);
  }

  /** Each field enters the dynamic table. */
  static byte[] indexedBlock(String... namesAndValues) {
    return block(INDEXED, namesAndValues);
  }

  private static byte[] block(int kind, String... namesAndValues) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.write(kind);
      string(block, namesAndValues[i]);
      string(block, namesAndValues[i + 1]);
    }
    return block.toByteArray();
  }

  private static void string(ByteArrayOutputStream block, String text) {
    int length = text.length();
    if (length < 127) {
      block.write(length);
    } else {
      block.write(127);
      int rest = length - 127;
      for (; rest >= 128; rest >>>= 7) {
        block.write((rest & 127) | 128);
      }
      block.write(rest);
    }
    block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
