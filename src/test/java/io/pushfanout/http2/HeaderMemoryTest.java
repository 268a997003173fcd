package io.pushfanout.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cached header blocks mean the same as if each were coded again. */
class HeaderMemoryTest {
  @ParameterizedTest
  @CsvSource({
    "88, true",
    "88c0bf, true",
    // A static name of two bytes of index and its value; a new name and its value.
    "0f10026a73, true",
    "000161026a73, true",
    "100161026a73, true",
    // Fields that put an entry into the table, and a change of the table's size.
    "400161026a73, false",
    "42026a73, false",
    "20, false",
    // Cut short.
    "0001, false",
    "000161056a, false",
    "0f, false",
    // A number that is longer than short blocks have, and one that is above 2^28.
    "0fff01026a73, true",
    "0fffffffffff01026a73, false"
  })
  void aBlockSaysWhetherItKeepsTheTable(String hex, boolean keeps) {
    ByteBuf block = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
    assertThat(FieldScanner.keepsTable(block)).isEqualTo(keeps);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void repliesReadTheSameWithAndWithoutMemory(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    // Sensitive headers are never indexed, so that all kinds of representations come.
    var encoder =
        new DefaultHttp2HeadersEncoder((name, value) -> value.length() % 3 == 0, false, 16, 256);
    HeaderDecoder remembering = new HeaderDecoder(8192, true, HeaderDecoder.REPLY_BYTES);
    HeaderDecoder plain = new HeaderDecoder(8192, false, HeaderDecoder.REPLY_BYTES);
    for (int i = 0; i < 2000; i++) {
      if (random.nextInt(100) == 0) {
        encoder.maxHeaderTableSize(random.nextInt(4096));
      }
      Http2Headers headers = headers(random);
      ByteBuf block = Unpooled.buffer();
      encoder.encodeHeaders(1, headers, block);
      Http2Headers read = remembering.decode(1, block.duplicate()).headers();
      assertThat(read).isEqualTo(plain.decode(1, block).headers()).isEqualTo(headers);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void requestsAreReadAsTheyWereMeantWhateverTheTable(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    List<Http2Headers> kinds = IntStream.range(0, 6).mapToObj(_ -> headers(random)).toList();
    HeaderEncoder requests = new HeaderEncoder(true);
    var decoder = new DefaultHttp2HeadersDecoder(false, 8192);
    for (int i = 0; i < 2000; i++) {
      if (random.nextInt(100) == 0) {
        long size = random.nextInt(3) * 120L;
        requests.tableSize(size);
        decoder.configuration().maxHeaderTableSize(size);
      }
      Http2Headers headers = kinds.get(random.nextInt(kinds.size()));
      byte[] block = requests.encode(1, headers);
      assertThat(decoder.decodeHeaders(1, Unpooled.wrappedBuffer(block))).isEqualTo(headers);
    }
  }

  @Test
  void repeatedHeadersAreAByteEachOnceTheyAreCached() throws Http2Exception {
    HeaderEncoder requests = new HeaderEncoder(true);
    Http2Headers headers =
        new DefaultHttp2Headers().method("POST").path("/a.B/C").authority("node:50052");
    byte[] first = requests.encode(1, headers);
    byte[] second = requests.encode(3, headers);
    assertThat(first.length).isGreaterThan(10);
    assertThat(second).hasSize(3);
    assertThat(requests.encode(5, headers)).isSameAs(second);
  }

  @Test
  void newHeadersForEachRequestAreNotKeptForEver() throws Http2Exception {
    HeaderEncoder requests = new HeaderEncoder(true);
    byte[] last = {};
    for (int i = 0; i < 1000; i++) {
      last = requests.encode(1, new DefaultHttp2Headers().method("POST").path("/a.B/C"));
    }
    assertThat(last).hasSize(2);
  }

  private static Http2Headers headers(SplittableRandom random) {
    Http2Headers headers = new DefaultHttp2Headers();
    headers.status("200");
    for (int i = random.nextInt(4); i > 0; i--) {
      headers.add("name-" + random.nextInt(5), "x".repeat(random.nextInt(9)));
    }
    return headers;
  }
}
