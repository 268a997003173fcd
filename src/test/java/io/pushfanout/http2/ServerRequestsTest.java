package io.pushfanout.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2FrameTypes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Malformed requests, and those that are just well-formed. */
class ServerRequestsTest {
  private static final EncodedReply REPLY =
      EncodedReply.of(FrameClient.OK, new byte[10], FrameClient.TRAILERS);

  private final FrameClient client = FrameClient.begun();

  @AfterEach
  void release() {
    client.close();
    assertThat(client.memory.taken()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "'content-length,x'",
    "'content-length,-1'",
    "'content-length,'",
    "'content-length,5,content-length,6'",
    "'content-length,99999999999999999999'",
    "'te,gzip'",
    "'connection,close'",
    "'Upper,case'",
    "':status,200'",
    "':path,/again'"
  })
  void malformedHeadersAreNoRequest(String headers) {
    client.begin(1, false, headers.split(",", -1));
    assertThat(client.received()).containsExactly("RST_STREAM 1 PROTOCOL_ERROR");
    client.data(1, true, 5);
    assertThat(client.received()).isEmpty();
    assertThat(client.events).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {":method", ":scheme", ":path"})
  void aRequestHasAllItsPseudoHeaders(String missing) {
    LiteralHeaders block = new LiteralHeaders();
    for (String[] field :
        new String[][] {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}}) {
      if (!field[0].equals(missing)) {
        block.add(field[0], field[1]);
      }
    }
    client.block(1, true, block.block());
    client.block(3, true, block.block());
    assertThat(client.received())
        .containsExactly("RST_STREAM 1 PROTOCOL_ERROR", "RST_STREAM 3 PROTOCOL_ERROR");
    assertThat(client.events).isEmpty();
  }

  @Test
  void aConnectRequestNeedsNoPath() {
    client.block(1, true, new LiteralHeaders().add(":method", "CONNECT").block());
    assertThat(client.events).containsExactly("open 1", "end 1 0");
  }

  @Test
  void aBodyHasTheLengthOfItsHeaders() {
    client.begin(1, false, "content-length", "5");
    client.data(1, false, 2);
    client.data(1, true, 3);
    client.begin(3, false, "content-length", "5");
    client.data(3, false, 6);
    client.begin(5, false, "content-length", "5");
    client.data(5, true, 4);
    client.begin(7, true, "content-length", "5");
    client.begin(9, false, "content-length", "5");
    client.block(9, true, FrameClient.TRAILERS);
    client.begin(11, true, "content-length", "0");
    assertThat(client.received())
        .containsExactly(
            "RST_STREAM 3 PROTOCOL_ERROR",
            "RST_STREAM 5 PROTOCOL_ERROR",
            "RST_STREAM 7 PROTOCOL_ERROR",
            "RST_STREAM 9 PROTOCOL_ERROR");
    assertThat(client.events)
        .containsExactly(
            "open 1",
            "end 1 5",
            "open 3",
            "cancelled 3",
            "open 5",
            "cancelled 5",
            "open 9",
            "cancelled 9",
            "open 11",
            "end 11 0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void trailersEndTheRequestAndHaveNoPseudoHeaders(boolean repliedEarly) {
    if (repliedEarly) {
      client.onOpen = request -> client.connection.reply(request, REPLY);
    }
    client.begin(1, false);
    client.begin(3, false);
    client.received();
    client.block(1, false, FrameClient.TRAILERS);
    client.block(3, true, new LiteralHeaders().add(":path", "/").block());
    assertThat(client.received())
        .containsExactly("RST_STREAM 1 PROTOCOL_ERROR", "RST_STREAM 3 PROTOCOL_ERROR");
  }

  @Test
  void headersBeyondTheLimitAreARequestWithoutTheRest() {
    client.begin(1, true, "a", "x".repeat(16_000));
    String[] many = new String[10];
    for (int i = 0; i < many.length; i += 2) {
      many[i] = "name" + i;
      many[i + 1] = "x".repeat(16_000);
    }
    ByteBuf block = Unpooled.wrappedBuffer(FrameClient.requestBlock(many));
    client.send(Http2FrameTypes.HEADERS, Frames.END_STREAM, 3, piece(block));
    while (block.isReadable()) {
      byte[] piece = piece(block);
      int flags = block.isReadable() ? 0 : Frames.END_HEADERS;
      client.send(Http2FrameTypes.CONTINUATION, flags, 3, piece);
    }
    assertThat(client.request(1).whole).isTrue();
    assertThat(client.request(3).whole).isFalse();
    assertThat(client.events).containsExactly("open 1", "end 1 0", "open 3", "end 3 0");
  }

  private static byte[] piece(ByteBuf block) {
    return ByteBufUtil.getBytes(block.readSlice(Math.min(16_384, block.readableBytes())));
  }
}
