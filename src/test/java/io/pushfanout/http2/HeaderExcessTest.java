package io.pushfanout.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dropped fields of header blocks leave HPACK's table equal to that of the encoder. */
class HeaderExcessTest {
  private static Http2Headers headers(SplittableRandom random) {
    Http2Headers headers = new DefaultHttp2Headers();
    for (int i = random.nextInt(1, 12); i > 0; i--) {
      int length =
          switch (random.nextInt(8)) {
            case 0 -> random.nextInt(40_000);
            case 1 -> random.nextInt(5_000);
            default -> random.nextInt(200);
          };
      String value = (random.nextBoolean() ? "x" : "~").repeat(length);
      headers.add("name-" + random.nextInt(6) + "n".repeat(random.nextInt(3)), value);
    }
    return headers;
  }

  /** Every other block is dropped in pieces; the others mean the same as without drops. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void laterBlocksMeanWhatTheyWereEncodedFor(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    var encoder =
        new DefaultHttp2HeadersEncoder((name, value) -> value.length() % 5 == 0, false, 16, 256);
    HeaderDecoder decoder = new HeaderDecoder(1 << 20, true, HeaderDecoder.REPLY_BYTES);
    for (int i = 0; i < 120; i++) {
      Http2Headers headers = headers(random);
      ByteBuf block = Unpooled.buffer();
      encoder.encodeHeaders(1, headers, block);
      if (i % 2 == 0) {
        assertThat(decoder.decode(1, block).headers()).isEqualTo(headers);
      } else {
        HeaderExcess excess = new HeaderExcess(decoder, 1);
        while (block.isReadable()) {
          excess.add(
              block.readSlice(random.nextInt(1, Math.min(9_000, block.readableBytes()) + 1)));
        }
        excess.end();
      }
    }
  }

  /** The scanner finds the end of a field where the decoder does. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void fieldsEndWhereTheDecoderEndsThem(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    var encoder = new DefaultHttp2HeadersEncoder((_, _) -> random.nextBoolean(), false, 16, 64);
    var decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
    for (int i = 0; i < 30; i++) {
      Http2Headers headers = headers(random);
      ByteBuf block = Unpooled.buffer();
      encoder.encodeHeaders(1, headers, block);
      FieldScanner scanner = new FieldScanner();
      Http2Headers read = new DefaultHttp2Headers(false);
      int from = 0;
      for (int to = 1; to <= block.writerIndex(); to++) {
        if (scanner.skipField(block.slice(to - 1, 1))) {
          assertThat(scanner.isInField()).isFalse();
          read.add(decoder.decodeHeaders(1, block.slice(from, to - from)));
          from = to;
        }
      }
      assertThat(from).isEqualTo(block.writerIndex());
      assertThat(read).isEqualTo(headers);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // A size update in the middle; an integer above 2^28; an index of nothing, with a value.
    "00016101623f01, table's size changes",
    "0001617fffffffff7f, an integer",
    "7f000161, illegal index",
  })
  void whatBreaksTheTableIsAnErrorOfTheConnection(String hex, String text) {
    ByteBuf block = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
    HeaderExcess excess =
        new HeaderExcess(new HeaderDecoder(1 << 16, true, HeaderDecoder.REPLY_BYTES), 1);
    assertThatThrownBy(() -> excess.add(block))
        .isInstanceOf(Http2Exception.class)
        .isNotInstanceOf(Http2Exception.StreamException.class)
        .hasMessageContaining(text);
  }

  @Test
  void aBlockThatEndsWithinAFieldIsAnErrorOfTheConnection() throws Exception {
    HeaderExcess excess =
        new HeaderExcess(new HeaderDecoder(1 << 16, true, HeaderDecoder.REPLY_BYTES), 1);
    excess.add(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump("0001610262")));
    assertThatThrownBy(excess::end).hasMessageContaining("ends within a field");
  }
}
