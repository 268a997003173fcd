package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An encoder of request headers with a cache of the blocks that mean the same each time: once the
 * peer's dynamic table has them, a request's headers are a byte each.
 */
final class HeaderEncoder {
  /** Most bytes of the dynamic table that a peer can make us hold. */
  private static final long MAX_TABLE_BYTES = 4096;

  /**
   * Most cached blocks: callers that make new headers for each request must not fill the memory.
   */
  private static final int MAX_CACHED = 16;

  private final DefaultHttp2HeadersEncoder encoder =
      new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
  private final IdentityHashMap<Http2Headers, byte[]> cached = new IdentityHashMap<>();
  private final boolean caches;

  /** Last cached headers and their block; most often the next are the same. */
  private @Nullable Http2Headers lastHeaders;

  private byte @Nullable [] lastBlock;

  /** Smallest size of the peer's table since the last block; below 0 without a change. */
  private long leastTable = -1;

  /** Last size of the peer's table that was announced. */
  private long lastTable;

  HeaderEncoder(boolean caches) {
    this.caches = caches;
  }

  /** Applies the peer's SETTINGS_HEADER_TABLE_SIZE. The next block begins with the change. */
  void tableSize(long bytes) {
    lastTable = Math.min(bytes, MAX_TABLE_BYTES);
    leastTable = leastTable < 0 ? lastTable : Math.min(leastTable, lastTable);
    forget();
  }

  private void forget() {
    cached.clear();
    lastHeaders = null;
    lastBlock = null;
  }

  /**
   * Returns the block to send now. To be called in the order of sending, once for each block sent.
   *
   * @param headers never changed again; recognized by identity
   */
  @SuppressWarnings("ReferenceEquality") // headers are recognized by identity
  byte[] encode(int streamId, Http2Headers headers) throws Http2Exception {
    if (lastBlock != null && headers == lastHeaders) {
      return lastBlock;
    }
    byte[] same = cached.get(headers);
    if (same != null) {
      lastHeaders = headers;
      lastBlock = same;
      return same;
    }
    ByteBuf buffer = Unpooled.buffer(256);
    if (leastTable >= 0) {
      // After any number of changes, the peer needs the smallest and the last size (RFC 7541, 4.2).
      encoder.maxHeaderTableSize(leastTable);
      encoder.maxHeaderTableSize(lastTable);
      leastTable = -1;
    }
    encoder.encodeHeaders(streamId, headers, buffer);
    byte[] block = ByteBufUtil.getBytes(buffer);
    if (!FieldScanner.keepsTable(buffer) || cached.size() == MAX_CACHED) {
      forget();
    } else if (caches) {
      cached.put(headers, block);
    }
    return block;
  }
}
