package io.pushfanout.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames that are cheap to send and costly to serve. */
class ServerFloodsTest {
  private static final EncodedReply REPLY = EncodedReply.ofHeaders(FrameClient.OK);

  private final FrameClient client = FrameClient.begun();

  @AfterEach
  void release() {
    client.close();
    assertThat(client.memory.taken()).isZero();
  }

  // ---- resets (CVE-2023-44487, CVE-2025-8671)

  @Test
  void requestsResetByTheClientAreLimited() {
    assertEnds(
        FrameClient.RESETS,
        id -> {
          client.begin(id, false);
          client.reset(id);
        });
    assertThat(client.events.stream().filter(event -> event.startsWith("cancelled")))
        .hasSize(FrameClient.RESETS + 1);
  }

  @Test
  void resetsThatTheClientProvokesAreLimited() {
    assertEnds(
        FrameClient.RESETS,
        id -> {
          client.begin(id, false);
          client.windowUpdate(id, 0);
        });
  }

  @Test
  void dataAfterTheEndOfTheRequestIsLimited() {
    assertEnds(
        FrameClient.RESETS,
        id -> {
          client.begin(id, true);
          client.data(id, true, 1);
        });
  }

  @Test
  void dataAfterTheWholeExchangeIsLimited() {
    client.onEnd = request -> client.connection.reply(request, REPLY);
    assertEnds(
        FrameClient.RESETS,
        id -> {
          client.begin(id, true);
          client.data(id, true, 1);
        });
  }

  @Test
  void brokenFramesAfterAnEarlyReplyAreLimited() {
    client.onOpen = request -> client.connection.reply(request, REPLY);
    assertEnds(
        FrameClient.RESETS,
        id -> {
          client.begin(id, false);
          client.windowUpdate(id, 0);
        });
  }

  @Test
  void malformedRequestsAreLimited() {
    assertEnds(FrameClient.RESETS, id -> client.begin(id, false, "te", "gzip"));
  }

  @Test
  void requestsWithoutAPathAreLimited() {
    byte[] block = new LiteralHeaders().add(":method", "GET").block();
    assertEnds(FrameClient.RESETS, id -> client.block(id, false, block));
  }

  @Test
  void requestsBeyondTheLimitOfStreamsAreLimited() {
    assertEnds(FrameClient.RESETS + FrameClient.MAX_STREAMS, id -> client.begin(id, false));
  }

  @Test
  void resetsOfAnotherSecondAreNotCounted() {
    for (int id = 1; id < 20 * FrameClient.RESETS; id += 2) {
      client.begin(id, false);
      client.reset(id);
      client.nanos += 60_000_000;
    }
    assertThat(client.channel.isOpen()).isTrue();
  }

  // ---- frames without progress, of which the first SETTINGS are one

  @Test
  void emptyDataIsLimited() {
    client.begin(1, false);
    assertEnds(200, _ -> client.data(1, false, 0));
  }

  @Test
  void paddingAloneIsLimited() {
    client.begin(1, false);
    assertEnds(200, _ -> client.send(Http2FrameTypes.DATA, Frames.PADDED, 1, new byte[] {2, 0, 0}));
  }

  @Test
  void settingsAreLimited() {
    assertEnds(199, _ -> client.setting(4, 70_000));
  }

  @Test
  void prioritiesAreLimited() {
    assertEnds(199, id -> client.send(Http2FrameTypes.PRIORITY, 0, id, new byte[5]));
  }

  @Test
  void windowUpdatesAreLimited() {
    client.begin(1, false);
    assertEnds(200, _ -> client.windowUpdate(1, 1));
  }

  @Test
  void unknownFramesAreLimited() {
    assertEnds(199, _ -> client.send((byte) 0x7e, 0, 0));
  }

  @Test
  void repliesThatCauseWindowUpdatesExcuseThem() {
    client.onEnd = request -> client.connection.reply(request, reply());
    for (int id = 1; id < 2000; id += 2) {
      client.begin(id, true);
      client.windowUpdate(0, 10);
      client.windowUpdate(0, 10);
    }
    assertThat(client.channel.isOpen()).isTrue();
  }

  private static EncodedReply reply() {
    return EncodedReply.of(FrameClient.OK, new byte[10], FrameClient.TRAILERS);
  }

  @Test
  void anEndlessHeaderBlockEndsTheConnection() {
    client.send(Http2FrameTypes.HEADERS, 0, 1, FrameClient.requestBlock());
    assertEnds(1023, _ -> client.send(Http2FrameTypes.CONTINUATION, 0, 1));
  }

  @Test
  void aHeaderBlockOfAMebibyteEndsTheConnection() {
    byte[] field = new LiteralHeaders().add("a", "x".repeat(16_000)).block();
    client.send(Http2FrameTypes.HEADERS, 0, 1, FrameClient.requestBlock());
    assertEnds(
        (1 << 20) / field.length, _ -> client.send(Http2FrameTypes.CONTINUATION, 0, 1, field));
  }

  // ---- PINGs

  @Test
  void pingsThatTheOwnerFindsTooManyEndTheConnectionWithGrpcsText() {
    client.ping();
    assertThat(client.received()).containsExactly("PING ACK");
    client.pingTooMany = true;
    client.ping();
    assertThat(client.received()).containsExactly("GOAWAY 0 ENHANCE_YOUR_CALM too_many_pings");
    assertThat(client.channel.isOpen()).isFalse();
  }

  /** Repeats an attack, which ends the connection after the permitted times and not before. */
  private void assertEnds(int permitted, IntConsumer attack) {
    int id = 1;
    for (int i = 0; i < permitted; i++, id += 2) {
      attack.accept(id);
    }
    assertThat(client.channel.isOpen()).isTrue();
    client.received();
    attack.accept(id);
    assertThat(client.received().getLast()).matches("GOAWAY \\d+ ENHANCE_YOUR_CALM .*");
    assertThat(client.channel.isOpen()).isFalse();
    assertThat(client.events).endsWith("failed", "closed");
  }
}
