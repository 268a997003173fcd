package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.IdentityHashMap;

/**
 * Encodes the headers of requests, and remembers the blocks that mean the same each time they are
 * sent: once the peer's dynamic table has them, a request's headers are a byte each.
 */
final class RequestHeaders {
  /** What a peer may make us hold of its table. */
  private static final long MAX_TABLE_BYTES = 4096;

  /** Callers that make new headers for each request must not fill the memory. */
  private static final int REMEMBERED = 16;

  private final DefaultHttp2HeadersEncoder encoder =
      new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
  private final IdentityHashMap<Http2Headers, byte[]> known = new IdentityHashMap<>();
  private final boolean remembers;

  /** What the peer's table was since the last block: at least, below 0 for no change, and last. */
  private long leastTable = -1;

  private long lastTable;

  RequestHeaders(boolean remembers) {
    this.remembers = remembers;
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. The next block begins with the change. */
  void tableSize(long bytes) {
    lastTable = Math.min(bytes, MAX_TABLE_BYTES);
    leastTable = leastTable < 0 ? lastTable : Math.min(leastTable, lastTable);
    known.clear();
  }

  /**
   * The block to send now. To be called in the order of sending, once for each that is sent.
   *
   * @param headers not changed any more; known again by identity
   */
  byte[] encode(int streamId, Http2Headers headers) throws Http2Exception {
    byte[] same = known.get(headers);
    if (same != null) {
      return same;
    }
    ByteBuf buffer = Unpooled.buffer(256);
    if (leastTable >= 0) {
      // However often it has changed, these two are what the peer must be told (RFC 7541, 4.2).
      encoder.maxHeaderTableSize(leastTable);
      encoder.maxHeaderTableSize(lastTable);
      leastTable = -1;
    }
    encoder.encodeHeaders(streamId, headers, buffer);
    byte[] block = ByteBufUtil.getBytes(buffer);
    if (!HeaderBlock.keepsTable(buffer) || known.size() == REMEMBERED) {
      known.clear();
    } else if (remembers) {
      known.put(headers, block);
    }
    return block;
  }
}
