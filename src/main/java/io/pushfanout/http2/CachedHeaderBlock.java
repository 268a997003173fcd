package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;

/** A header block with its decoded headers, recognized by its bytes, compared eight at a time. */
final class CachedHeaderBlock {
  private final int length;

  /** First bytes, eight by eight. */
  private final long[] words;

  /** Last eight bytes, which overlap the words; all bytes of a shorter block. */
  private final long tail;

  /** Bits of the tail that belong to the block. */
  private final long tailMask;

  private final Http2Headers headers;

  CachedHeaderBlock(ByteBuf block, Http2Headers headers) {
    int at = block.readerIndex();
    length = block.readableBytes();
    words = new long[Math.max(0, length - 1) / Long.BYTES];
    for (int i = 0; i < words.length; i++) {
      words[i] = block.getLong(at + i * Long.BYTES);
    }
    tailMask = length < Long.BYTES ? (1L << (length * Byte.SIZE)) - 1 : -1;
    tail = length < Long.BYTES ? shortBlock(block, at) : block.getLong(at + length - Long.BYTES);
    this.headers = headers;
  }

  private long shortBlock(ByteBuf block, int at) {
    long bytes = 0;
    for (int i = 0; i < length; i++) {
      bytes = (bytes << Byte.SIZE) | block.getUnsignedByte(at + i);
    }
    return bytes;
  }

  Http2Headers headers() {
    return headers;
  }

  /**
   * Returns whether the buffer has the same bytes at the index, of which {@code count} can be read.
   */
  boolean matches(ByteBuf in, int index, int count) {
    if (count != length) {
      return false;
    }
    for (int i = 0; i < words.length; i++) {
      if (in.getLong(index + i * Long.BYTES) != words[i]) {
        return false;
      }
    }
    int end = index + length;
    // A short block is read with the bytes before it, where there are any: most are in a frame.
    long last = end < Long.BYTES ? shortBlock(in, index) : in.getLong(end - Long.BYTES) & tailMask;
    return last == tail;
  }
}
