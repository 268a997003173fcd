package io.pushfanout.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests, their ends, and the connection's end. */
class ServerConnectionTest {
  private static final String OK_BLOCK = ByteBufUtil.hexDump(FrameClient.OK);
  private static final String TRAILERS_BLOCK = ByteBufUtil.hexDump(FrameClient.TRAILERS);
  private static final EncodedReply REPLY =
      EncodedReply.of(FrameClient.OK, new byte[10], FrameClient.TRAILERS);

  private final FrameClient client = FrameClient.begun();

  @AfterEach
  void release() {
    client.close();
    assertThat(client.memory.taken()).isZero();
  }

  // ---- the preface

  @Test
  void thePrefaceMayComeInPieces() {
    try (FrameClient slow = new FrameClient()) {
      assertThat(slow.received()).containsExactly("SETTINGS", "WINDOW_UPDATE 0 983041");
      ByteBuf all = Unpooled.buffer().writeBytes(Http2CodecUtil.connectionPrefaceBuf());
      all.writeBytes(FrameClient.frame(Http2FrameTypes.SETTINGS, 0, 0));
      while (all.isReadable()) {
        assertThat(slow.received()).isEmpty();
        assertThat(slow.events).isEmpty();
        slow.channel.writeInbound(Unpooled.copiedBuffer(all.readSlice(1)));
      }
      assertThat(slow.received()).containsExactly("SETTINGS ACK");
      assertThat(slow.events).containsExactly("preface");
      all.release();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\rx",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\u0008\u0006\0\0\0\0\0",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\u0001\0\0\0\0"
      })
  void aWrongPrefaceEndsTheConnection(String text) {
    try (FrameClient wrong = new FrameClient()) {
      wrong.received();
      wrong.channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
      assertThat(wrong.received()).singleElement().asString().startsWith("GOAWAY 0 PROTOCOL_ERROR");
      assertThat(wrong.channel.isOpen()).isFalse();
      assertThat(wrong.events).containsExactly("failed", "closed");
    }
  }

  // ---- a request and its reply

  @Test
  void aRequestGetsItsReplyAndOneEnd() {
    client.onEnd = request -> client.connection.reply(request, REPLY);
    client.begin(1, false);
    client.data(1, true, 5);
    assertThat(client.received())
        .containsExactly(
            "HEADERS 1 " + OK_BLOCK, "DATA 1 10", "HEADERS 1 " + TRAILERS_BLOCK + " end");
    assertThat(client.events).containsExactly("open 1", "end 1 5");

    client.begin(3, true);
    assertThat(client.received()).hasSize(3);
    client.begin(5, false);
    client.block(5, true, FrameClient.TRAILERS);
    assertThat(client.received()).hasSize(3);
    assertThat(client.events.subList(2, 6))
        .containsExactly("open 3", "end 3 0", "open 5", "end 5 0");
    client.channel.close();
    assertThat(client.events).hasSize(7).endsWith("closed");
  }

  @Test
  void aReplyBeforeTheEndOfTheRequestResetsTheStreamWithoutAnError() {
    client.onOpen = request -> client.connection.reply(request, REPLY);
    client.begin(1, false);
    assertThat(client.received()).hasSize(4).endsWith("RST_STREAM 1 NO_ERROR");
    client.data(1, false, 100);
    client.block(1, true, FrameClient.TRAILERS);
    client.reset(1);
    assertThat(client.received()).as("frames that crossed the reset").isEmpty();

    client.begin(3, true);
    assertThat(client.received()).as("a request that is whole needs no reset").hasSize(3);
    assertThat(client.events).containsExactly("open 1", "open 3");
  }

  @Test
  void framesOfAllStreamsThatAClientMayHaveOpenCrossTheirResets() {
    int streams = 1000;
    try (FrameClient busy = FrameClient.begun(streams)) {
      for (int id = 1; id < 2 * streams; id += 2) {
        busy.begin(id, false);
      }
      for (int id = 1; id < 2 * streams; id += 2) {
        busy.connection.reply(busy.request(id), REPLY);
      }
      assertThat(busy.received()).hasSize(4 * streams);
      for (int id = 1; id < 2 * streams; id += 2) {
        busy.data(id, false, 5);
        busy.block(id, true, FrameClient.TRAILERS);
      }
      assertThat(busy.received()).isEmpty();
      assertThat(busy.channel.isOpen()).isTrue();
    }
  }

  @Test
  void blocksBeginWithTheChangeOfTheHeaderTable() {
    client.setting(1, 0);
    assertThat(client.received()).containsExactly("SETTINGS ACK");
    client.onEnd = request -> client.connection.reply(request, REPLY);
    client.begin(1, true);
    assertThat(client.received().getFirst()).isEqualTo("HEADERS 1 20" + OK_BLOCK);
    client.begin(3, true);
    assertThat(client.received().getFirst()).isEqualTo("HEADERS 3 " + OK_BLOCK);

    client.setting(1, 4096);
    client.received();
    client.onEnd =
        request -> client.connection.reply(request, EncodedReply.ofHeaders(FrameClient.OK));
    client.begin(5, true);
    assertThat(client.received()).containsExactly("HEADERS 5 20" + OK_BLOCK + " end");
  }

  // ---- streams that have ended

  @Test
  void framesAfterTheEndOfTheRequestResetItsStream() {
    client.begin(1, true);
    client.begin(3, true);
    client.data(1, false, 5);
    client.begin(3, true);
    assertThat(client.received())
        .containsExactly("RST_STREAM 1 STREAM_CLOSED", "RST_STREAM 3 STREAM_CLOSED");
    assertThat(client.events)
        .containsExactly("open 1", "end 1 0", "open 3", "end 3 0", "cancelled 1", "cancelled 3");
  }

  @Test
  void framesAfterAWholeExchangeAreErrors() {
    client.onEnd = request -> client.connection.reply(request, REPLY);
    client.begin(1, true);
    client.received();
    client.windowUpdate(1, 5);
    client.reset(1);
    client.send(Http2FrameTypes.PRIORITY, 0, 1, new byte[5]);
    assertThat(client.received()).as("these may have crossed the reply").isEmpty();
    client.data(1, false, 5);
    client.send(Http2FrameTypes.PRIORITY, 0, 1, new byte[4]);
    client.windowUpdate(1, 0);
    assertThat(client.received())
        .containsExactly(
            "RST_STREAM 1 STREAM_CLOSED",
            "RST_STREAM 1 FRAME_SIZE_ERROR",
            "RST_STREAM 1 PROTOCOL_ERROR");
    client.begin(1, true);
    assertThat(client.received()).singleElement().asString().startsWith("GOAWAY 1 STREAM_CLOSED");
    assertThat(client.channel.isOpen()).isFalse();
  }

  @Test
  void nothingFollowsTheResetOfTheClient() {
    client.onOpen = request -> client.connection.reply(request, REPLY);
    client.begin(1, false);
    client.reset(1);
    client.onOpen = _ -> {};
    client.begin(3, false);
    client.reset(3);
    client.received();
    client.data(1, true, 5);
    client.data(3, true, 5);
    assertThat(client.received())
        .containsExactly("RST_STREAM 1 STREAM_CLOSED", "RST_STREAM 3 STREAM_CLOSED");
    assertThat(client.events).containsExactly("open 1", "open 3", "cancelled 3");
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {Http2FrameTypes.DATA, Http2FrameTypes.RST_STREAM, Http2FrameTypes.WINDOW_UPDATE})
  void framesOfAStreamThatNeverBeganEndTheConnection(byte type) {
    client.begin(1, false);
    client.send(type, 0, 3, new byte[] {0, 0, 0, 1});
    assertThat(client.received()).singleElement().asString().startsWith("GOAWAY 1 PROTOCOL_ERROR");
    assertThat(client.events).containsExactly("open 1", "cancelled 1", "failed", "closed");
  }

  @Test
  void oneMoreStreamThanAllowedIsRefused() {
    for (int id = 1; id <= 2 * FrameClient.MAX_STREAMS + 1; id += 2) {
      client.begin(id, false);
    }
    assertThat(client.received()).containsExactly("RST_STREAM 9 REFUSED_STREAM");
    client.data(9, true, 5);
    client.connection.reply(client.request(1), REPLY);
    client.begin(11, false);
    assertThat(client.received()).hasSize(4).doesNotContain("RST_STREAM 11 REFUSED_STREAM");
    assertThat(client.events).contains("open 11").doesNotContain("open 9");
  }

  // ---- the end of the connection

  @Test
  void aDrainServesTheCallsThatHaveComeAndIgnoresThoseThatCross() {
    client.begin(1, false);
    client.connection.announceDrain();
    assertThat(client.received()).containsExactly("GOAWAY 2147483647 NO_ERROR");
    client.begin(3, false);
    client.connection.drain();
    assertThat(client.received()).containsExactly("GOAWAY 3 NO_ERROR");

    for (int id = 5; id < 1000; id += 2) {
      client.begin(id, false);
      client.data(id, false, 5);
      client.block(id, true, FrameClient.TRAILERS);
    }
    client.begin(1001, false, "te", "gzip");
    client.reset(1001);
    assertThat(client.received()).isEmpty();

    client.onEnd = request -> client.connection.reply(request, REPLY);
    client.data(1, true, 5);
    assertThat(client.received()).hasSize(3);
    client.data(3, true, 5);
    assertThat(client.received()).hasSize(3);
    assertThat(client.channel.isOpen()).isFalse();
    assertThat(client.events).containsExactly("open 1", "open 3", "end 1 5", "end 3 5", "closed");
  }

  @Test
  void aFailureDoesNotRaiseTheLastStreamOfADrain() {
    client.begin(1, false);
    client.connection.drain();
    client.begin(3, false);
    client.send(Http2FrameTypes.PING, 0, 0, new byte[7]);
    assertThat(client.received().getLast()).startsWith("GOAWAY 1 FRAME_SIZE_ERROR");
    assertThat(client.events).containsExactly("open 1", "cancelled 1", "failed", "closed");
  }

  @Test
  void resetOfTheServerIsTheStreamsEnd() {
    client.begin(1, false);
    client.connection.reset(client.request(1), Http2Error.CANCEL);
    client.connection.reply(client.request(1), REPLY);
    client.connection.finish(client.request(1), FrameClient.TRAILERS);
    client.data(1, true, 5);
    assertThat(client.received()).containsExactly("RST_STREAM 1 CANCEL");
    client.channel.close();
    assertThat(client.events).containsExactly("open 1", "closed");
  }
}
