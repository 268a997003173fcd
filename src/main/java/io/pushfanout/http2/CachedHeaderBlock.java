package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;

/** A header block and what it means, to be known again by its bytes, eight at a time. */
final class CachedHeaderBlock {
  private final ByteBuf bytes;
  private final int length;
  private final Http2Headers headers;

  /**
   * @param bytes nobody else's
   */
  CachedHeaderBlock(ByteBuf bytes, Http2Headers headers) {
    this.bytes = bytes;
    this.length = bytes.readableBytes();
    this.headers = headers;
  }

  Http2Headers headers() {
    return headers;
  }

  /** Whether these are the same bytes, of which so many can be read. */
  boolean is(ByteBuf in, int index, int count) {
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
