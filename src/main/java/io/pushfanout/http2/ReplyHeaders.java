package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the peer's header blocks, and remembers the last few that mean the same each time they
 * come: a server's answers have all the same headers. What it returns is shared, and for reading.
 */
final class ReplyHeaders {
  /** An answer has two blocks; twice as many leave room for a second kind of answer. */
  private static final int REMEMBERED = 4;

  /** Longer ones have text in them that will hardly come again. */
  private static final int MAX_BYTES = 64;

  private final Decoder decoder;
  private final @Nullable CachedHeaderBlock[] known = new @Nullable CachedHeaderBlock[REMEMBERED];
  private final boolean remembers;
  private int next;

  /**
   * @param remembers false to decode each block, which must make no difference
   */
  ReplyHeaders(long maxHeaderListBytes, boolean remembers) {
    this.decoder = new Decoder(maxHeaderListBytes);
    this.remembers = remembers;
  }

  /**
   * What a block means.
   *
   * @param whole false where fields beyond the bound are missing
   */
  record Decoded(Http2Headers headers, boolean whole) {}

  /** Netty's, but with what it had decoded when a list was too long. */
  private static final class Decoder extends DefaultHttp2HeadersDecoder {
    private Http2Headers last = EmptyHttp2Headers.INSTANCE;

    Decoder(long maxHeaderListBytes) {
      super(true, true, maxHeaderListBytes);
    }

    @Override
    protected Http2Headers newHeaders() {
      last = super.newHeaders();
      return last;
    }

    Decoded decode(int streamId, ByteBuf block) throws Http2Exception {
      try {
        return new Decoded(decodeHeaders(streamId, block), true);
      } catch (Http2Exception.HeaderListSizeException _) {
        return new Decoded(last, false);
      } finally {
        last = EmptyHttp2Headers.INSTANCE;
      }
    }
  }

  /**
   * Decodes a block, which is to be whole.
   *
   * @throws Http2Exception of the stream for headers that are malformed, else of the connection
   */
  Decoded decode(int streamId, ByteBuf block) throws Http2Exception {
    Http2Headers same = find(block, block.readerIndex(), block.readableBytes());
    if (same != null) {
      block.skipBytes(block.readableBytes());
      return new Decoded(same, true);
    }
    if (!HeaderBlock.keepsTable(block)) {
      forget();
      return decoder.decode(streamId, block);
    }
    if (!remembers || block.readableBytes() > MAX_BYTES) {
      return decoder.decode(streamId, block);
    }
    ByteBuf copy = Unpooled.copiedBuffer(block);
    Decoded decoded = decoder.decode(streamId, block);
    if (decoded.whole()) {
      known[next] = new CachedHeaderBlock(copy, decoded.headers());
      next = (next + 1) % REMEMBERED;
    }
    return decoded;
  }

  /**
   * Decodes a field for what it does to the table alone.
   *
   * @throws Http2Exception of the connection, when it cannot be decoded
   */
  void changeTable(int streamId, ByteBuf field) throws Http2Exception {
    forget();
    try {
      var _ = decoder.decodeHeaders(streamId, field);
    } catch (Http2Exception.StreamException _) {
      // Malformed or too long, as a header; the table has it all the same.
    }
  }

  /** The headers of a block that is remembered; null for another. */
  @Nullable Http2Headers find(ByteBuf in, int index, int length) {
    for (CachedHeaderBlock each : known) {
      if (each != null && each.is(in, index, length)) {
        return each.headers();
      }
    }
    return null;
  }

  private void forget() {
    Arrays.fill(known, null);
  }
}
