package io.pushfanout.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The windows of replies and of requests. */
class ServerFlowControlTest {
  private static final int HALF = FrameClient.WINDOW / 2;
  private static final int MAX_FRAME = 16_384;

  private final FrameClient client = FrameClient.begun();

  @AfterEach
  void release() {
    client.close();
    assertThat(client.memory.taken()).isZero();
  }

  private static EncodedReply reply(int bytes) {
    return EncodedReply.of(FrameClient.OK, new byte[bytes], FrameClient.TRAILERS);
  }

  // ---- replies

  @Test
  void aReplyIsSentAByteAtATimeInAWindowOfOne() {
    client.setting(4, 1);
    client.onEnd = request -> client.connection.reply(request, reply(3));
    client.begin(1, true);
    assertThat(client.received()).hasSize(3).endsWith("DATA 1 1");
    client.windowUpdate(1, 1);
    assertThat(client.received()).containsExactly("DATA 1 1");
    client.windowUpdate(1, 1);
    assertThat(client.received())
        .hasSize(2)
        .startsWith("DATA 1 1")
        .last()
        .asString()
        .endsWith(" end");
    assertThat(client.connection.isIdle()).isTrue();
  }

  @Test
  void aReplyLargerThanAFrameAndTheWindowComesInFrames() {
    client.onEnd = request -> client.connection.reply(request, reply(100_000));
    client.begin(1, true);
    assertThat(client.received())
        .as("the default window, in one flush")
        .hasSize(5)
        .containsSubsequence("DATA 1 16384", "DATA 1 16384", "DATA 1 16384", "DATA 1 16383");
    client.windowUpdate(1, 100_000);
    assertThat(client.received()).as("the connection's window is used up").isEmpty();
    client.windowUpdate(0, 100_000);
    assertThat(client.received())
        .hasSize(4)
        .startsWith("DATA 1 16384", "DATA 1 16384", "DATA 1 1697");
    assertThat(client.connection.isIdle()).isTrue();
  }

  @Test
  void aReplyWithoutItsWindowWaitsAndEndsWithItsStream() {
    client.setting(4, 0);
    client.onEnd = request -> client.connection.reply(request, reply(10));
    client.begin(1, true);
    client.begin(3, true);
    assertThat(client.received()).noneMatch(line -> line.startsWith("DATA"));
    client.reset(1);
    client.setting(4, 4);
    assertThat(client.received()).containsExactly("SETTINGS ACK", "DATA 3 4");
    client.setting(4, 0);
    client.windowUpdate(3, 4);
    assertThat(client.received()).as("the window was below 0").containsExactly("SETTINGS ACK");
    client.windowUpdate(3, 6);
    assertThat(client.received()).hasSize(2).startsWith("DATA 3 6");
    assertThat(client.events)
        .containsExactly("open 1", "end 1 0", "open 3", "end 3 0", "cancelled 1");
  }

  @Test
  void piecesOfAReplyWaitForRoom() {
    client.setting(4, 10);
    client.begin(1, true);
    FrameClient.Request request = client.request(1);
    client.connection.sendHeaders(request, FrameClient.OK);
    assertThat(client.connection.room(request)).isEqualTo(10);
    client.connection.send(request, Body.of(new byte[12]));
    assertThat(client.connection.room(request)).isZero();
    assertThat(client.received()).hasSize(3).endsWith("DATA 1 10");
    client.windowUpdate(1, 2);
    assertThat(client.received()).containsExactly("DATA 1 2");
    assertThat(client.events).doesNotContain("room 1");
    client.windowUpdate(1, 5);
    assertThat(client.events).containsOnlyOnce("room 1");
    client.connection.send(request, Body.of(new byte[6]));
    client.connection.finish(request, FrameClient.TRAILERS);
    assertThat(client.received()).containsExactly("DATA 1 5");
    client.windowUpdate(1, 1);
    assertThat(client.received()).hasSize(2).startsWith("DATA 1 1").doesNotContain("DATA 1 1 end");
    assertThat(client.connection.isIdle()).isTrue();
  }

  @Test
  void windowsAboveTheMaximumAreErrors() {
    client.begin(1, false);
    client.windowUpdate(1, Integer.MAX_VALUE);
    assertThat(client.received()).containsExactly("RST_STREAM 1 FLOW_CONTROL_ERROR");
    client.windowUpdate(0, Integer.MAX_VALUE);
    assertThat(client.received())
        .singleElement()
        .asString()
        .startsWith("GOAWAY 1 FLOW_CONTROL_ERROR");
    assertThat(client.events).containsExactly("open 1", "cancelled 1", "failed", "closed");
  }

  // ---- requests

  @Test
  void bytesBeyondTheStreamsWindowEndTheStreamAndThoseBeyondTheConnectionsEndIt() {
    client.begin(1, false);
    client.begin(3, false);
    fill(1, FrameClient.WINDOW);
    assertThat(client.received()).isEmpty();
    client.data(3, false, 1);
    assertThat(client.received())
        .singleElement()
        .asString()
        .startsWith("GOAWAY 3 FLOW_CONTROL_ERROR");
  }

  @Test
  void aStreamHasNoMoreThanItsWindow() {
    client.begin(1, false);
    fill(1, HALF);
    client.connection.consumed(client.request(1), 10);
    client.begin(3, false);
    fill(3, HALF);
    client.connection.reset(client.request(3), Http2Error.CANCEL);
    assertThat(client.received())
        .containsExactly("WINDOW_UPDATE 0 " + (HALF + 10), "RST_STREAM 3 CANCEL");
    fill(1, HALF);
    assertThat(client.received()).isEmpty();
    client.data(1, false, 1);
    assertThat(client.received())
        .contains("RST_STREAM 1 FLOW_CONTROL_ERROR")
        .doesNotContain("WINDOW_UPDATE 1 10");
    assertThat(client.events).containsExactly("open 1", "open 3", "cancelled 1");
    client.begin(5, false);
    fill(5, FrameClient.WINDOW);
    assertThat(client.channel.isOpen()).as("the window of the ended streams is back").isTrue();
  }

  @Test
  void consumedBytesGiveTheirWindowBack() {
    client.begin(1, false);
    for (int i = 0; i < 4; i++) {
      fill(1, HALF);
      client.connection.consumed(client.request(1), HALF);
      assertThat(client.received())
          .containsExactly("WINDOW_UPDATE 0 " + HALF, "WINDOW_UPDATE 1 " + HALF);
    }
    client.data(1, true, 5);
    client.connection.consumed(client.request(1), 5);
    assertThat(client.events).containsExactly("open 1", "end 1 " + (4 * HALF + 5));
  }

  /** Each time the stream ends in another way, and its bytes were not consumed. */
  @Test
  void everyEndOfAStreamGivesItsWindowBack() {
    for (int id = 1; id < 81; id += 8) {
      client.begin(id, false);
      fill(id, HALF);
      client.reset(id);
      client.begin(id + 2, false);
      fill(id + 2, HALF);
      client.connection.reply(client.request(id + 2), reply(10));
      client.begin(id + 4, false);
      client.connection.reply(client.request(id + 4), reply(10));
      fill(id + 4, HALF);
      client.begin(id + 6, false, "content-length", "5");
      fill(id + 6, HALF);
      assertThat(client.received().stream().filter(line -> line.startsWith("WINDOW_UPDATE")))
          .as("round of stream %d", id)
          .hasSize(4)
          .containsOnly("WINDOW_UPDATE 0 " + HALF);
      client.windowUpdate(0, 20);
      client.nanos += 1_000_000_000;
    }
    assertThat(client.channel.isOpen()).isTrue();
  }

  private void fill(int stream, int bytes) {
    for (int left = bytes; left > 0; left -= MAX_FRAME) {
      client.data(stream, false, Math.min(left, MAX_FRAME));
    }
  }
}
