package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;

/** A header block with its decoded headers, recognized by its bytes, compared eight at a time. */
final class CachedHeaderBlock {
  private final ByteBuf bytes;
  private final int length;
  private final Http2Headers headers;

  /**
   * @param bytes a copy that no other code uses
   */
  CachedHeaderBlock(ByteBuf bytes, Http2Headers headers) {
    this.bytes = bytes;
    this.length = bytes.readableBytes();
    this.headers = headers;
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
    if (length < Long.BYTES) {
      return hasSameBytes(in, index);
    }
    int last = length - Long.BYTES;
    for (int at = 0; at < last; at += Long.BYTES) {
      if (in.getLong(index + at) != bytes.getLong(at)) {
        return false;
      }
    }
    return in.getLong(index + last) == bytes.getLong(last);
  }

  private boolean hasSameBytes(ByteBuf in, int index) {
    for (int at = 0; at < length; at++) {
      if (in.getByte(index + at) != bytes.getByte(at)) {
        return false;
      }
    }
    return true;
  }
}
