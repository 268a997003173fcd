package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the peer's header blocks, and remembers the last few that mean the same each time they
 * come: a server's answers have all the same headers. What it returns is shared, and for reading.
 */
final class ReplyHeaders implements Http2HeadersDecoder {
  /** An answer has two blocks; twice as many leave room for a second kind of answer. */
  private static final int REMEMBERED = 4;

  /** Longer ones have text in them that will hardly come again. */
  private static final int MAX_BYTES = 64;

  private final DefaultHttp2HeadersDecoder decoder;
  private final @Nullable KnownBlock[] known = new @Nullable KnownBlock[REMEMBERED];
  private final boolean remembers;
  private int next;

  /**
   * @param remembers false to decode each block, which must make no difference
   */
  ReplyHeaders(long maxHeaderListBytes, boolean remembers) {
    this.decoder = new DefaultHttp2HeadersDecoder(true, true, maxHeaderListBytes);
    this.remembers = remembers;
  }

  @Override
  public Configuration configuration() {
    return decoder.configuration();
  }

  @Override
  public Http2Headers decodeHeaders(int streamId, ByteBuf block) throws Http2Exception {
    Http2Headers same = find(block, block.readerIndex(), block.readableBytes());
    if (same != null) {
      block.skipBytes(block.readableBytes());
      return same;
    }
    if (!HeaderBlock.keepsTable(block)) {
      forget();
      return decoder.decodeHeaders(streamId, block);
    }
    if (!remembers || block.readableBytes() > MAX_BYTES) {
      return decoder.decodeHeaders(streamId, block);
    }
    ByteBuf copy = Unpooled.copiedBuffer(block);
    Http2Headers headers = decoder.decodeHeaders(streamId, block);
    known[next] = new KnownBlock(copy, headers);
    next = (next + 1) % REMEMBERED;
    return headers;
  }

  /** The headers of a block that is remembered; null for another. */
  @Nullable Http2Headers find(ByteBuf in, int index, int length) {
    for (KnownBlock each : known) {
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
