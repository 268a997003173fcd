package io.pushfanout.http2;

import com.google.common.base.CharMatcher;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A decoder of the peer's header blocks with a cache of the last few that mean the same each time:
 * the replies of a server, and the requests of a caller, all have the same headers. The headers
 * returned are shared and read-only.
 */
final class HeaderDecoder {
  /** Bytes of the longest cached block of replies; longer ones contain text of a single reply. */
  static final int REPLY_BYTES = 64;

  /** Bytes of the longest cached block of requests: 10,000 callers cache about 1.5 KiB each. */
  static final int REQUEST_BYTES = 256;

  /** Cached blocks. A reply has two; twice as many leave room for a second kind of reply. */
  private static final int MAX_CACHED = 4;

  private final Decoder decoder;
  private final @Nullable CachedHeaderBlock[] cached = new @Nullable CachedHeaderBlock[MAX_CACHED];
  private final boolean caches;
  private final int maxCachedBytes;
  private int next;

  /**
   * @param caches false to decode each block, which must make no difference
   * @param maxCachedBytes bytes of the longest cached block
   */
  HeaderDecoder(long maxHeaderListBytes, boolean caches, int maxCachedBytes) {
    this.decoder = new Decoder(maxHeaderListBytes);
    this.caches = caches;
    this.maxCachedBytes = maxCachedBytes;
  }

  /**
   * The headers of a block.
   *
   * @param whole false if fields beyond the bound are missing
   */
  record Decoded(Http2Headers headers, boolean whole) {}

  /** Netty's decoder, which also returns the fields decoded before a list became too long. */
  private static final class Decoder extends DefaultHttp2HeadersDecoder {
    /** Characters that no value may have (RFC 9113, 8.2.1). */
    private static final CharMatcher CONTROLS =
        CharMatcher.inRange('\0', '\u001f')
            .and(CharMatcher.isNot('\t'))
            .or(CharMatcher.is('\u007f'));

    private Http2Headers last = EmptyHttp2Headers.INSTANCE;

    Decoder(long maxHeaderListBytes) {
      // Netty refuses blanks in front of a value too, which gRPC's metadata may have.
      super(true, false, maxHeaderListBytes);
    }

    @Override
    protected Http2Headers newHeaders() {
      last = super.newHeaders();
      return last;
    }

    Decoded decode(int streamId, ByteBuf block) throws Http2Exception {
      try {
        Http2Headers headers = decodeHeaders(streamId, block);
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
          if (CONTROLS.matchesAnyOf(field.getValue())) {
            throw Http2Exception.streamError(
                streamId, Http2Error.PROTOCOL_ERROR, "a control character in a header");
          }
        }
        return new Decoded(headers, true);
      } catch (Http2Exception.HeaderListSizeException _) {
        return new Decoded(last, false);
      } finally {
        last = EmptyHttp2Headers.INSTANCE;
      }
    }
  }

  /**
   * Decodes a block, which must be whole.
   *
   * @throws Http2Exception of the stream for malformed headers, else of the connection
   */
  Decoded decode(int streamId, ByteBuf block) throws Http2Exception {
    Http2Headers same = find(block, block.readerIndex(), block.readableBytes());
    if (same != null) {
      block.skipBytes(block.readableBytes());
      return new Decoded(same, true);
    }
    if (!FieldScanner.keepsTable(block)) {
      forget();
      return decoder.decode(streamId, block);
    }
    if (!caches || block.readableBytes() > maxCachedBytes) {
      return decoder.decode(streamId, block);
    }
    ByteBuf copy = Unpooled.copiedBuffer(block);
    Decoded decoded = decoder.decode(streamId, block);
    if (decoded.whole()) {
      cached[next] = new CachedHeaderBlock(copy, decoded.headers());
      next = (next + 1) % MAX_CACHED;
    }
    return decoded;
  }

  /**
   * Decodes a field only for its effect on the table.
   *
   * @throws Http2Exception of the connection, when the field cannot be decoded
   */
  void changeTable(int streamId, ByteBuf field) throws Http2Exception {
    forget();
    try {
      var _ = decoder.decodeHeaders(streamId, field);
    } catch (Http2Exception.StreamException _) {
      // Malformed or too long, as a header; the table has it all the same.
    }
  }

  /** Returns the headers of a cached block; null for another. */
  @Nullable Http2Headers find(ByteBuf in, int index, int length) {
    for (CachedHeaderBlock each : cached) {
      if (each != null && each.matches(in, index, length)) {
        return each.headers();
      }
    }
    return null;
  }

  private void forget() {
    Arrays.fill(cached, null);
  }
}
