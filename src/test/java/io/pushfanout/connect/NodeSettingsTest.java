package io.pushfanout.connect;

import static io.pushfanout.connect.ScriptedNode.DATA;
import static io.pushfanout.connect.ScriptedNode.HEADERS;
import static io.pushfanout.connect.ScriptedNode.HEADER_TABLE_SIZE;
import static io.pushfanout.connect.ScriptedNode.INITIAL_WINDOW_SIZE;
import static io.pushfanout.connect.ScriptedNode.MAX_CONCURRENT_STREAMS;
import static io.pushfanout.connect.ScriptedNode.MAX_FRAME_SIZE;
import static io.pushfanout.connect.ScriptedNode.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.pushfanout.connect.ScriptedNode.Frame;
import io.pushfanout.connect.ScriptedNode.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node's SETTINGS are obeyed, however they change (RFC 9113, 6.5). */
class NodeSettingsTest {
  @RegisterExtension final Stage stage = new Stage();

  private static List<Integer> dataSizes(List<Frame> frames) {
    return frames.stream()
        .filter(frame -> frame.type() == DATA)
        .map(frame -> frame.payload().length())
        .toList();
  }

  private List<Integer> sizesOf(Wire wire, int bytes) throws Exception {
    stage.engine().deliver(new byte[bytes - 5], EngineDouble.LONG);
    List<Integer> sizes = dataSizes(wire.settled());
    assertThat(sizes.stream().mapToInt(size -> size).sum()).isEqualTo(bytes);
    return sizes;
  }

  @Test
  void framesAreNoLargerThanTheNodeTakes() throws Exception {
    try (Wire wire = stage.connected(INITIAL_WINDOW_SIZE, 1 << 30)) {
      wire.windowUpdate(0, 1 << 30);
      assertThat(sizesOf(wire, 100_000)).allMatch(size -> size <= 16_384);
      wire.settings(MAX_FRAME_SIZE, 60_000);
      wire.settled();
      assertThat(sizesOf(wire, 100_000)).allMatch(size -> size <= 60_000);
      wire.settings(MAX_FRAME_SIZE, 16_384);
      wire.settled();
      assertThat(sizesOf(wire, 100_000)).allMatch(size -> size <= 16_384);
    }
  }

  /** Decodes each request with a decoder that insists on the protocol's order of things. */
  @Test
  void headersStayReadableWithAnyTableOfTheNode() throws Exception {
    DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
    try (Wire wire = stage.connected()) {
      assertReadable(wire, decoder);
      for (int size : new int[] {0, 100, 4096, 65_536, 33, 0, 4096}) {
        wire.settings(HEADER_TABLE_SIZE, size);
        awaitAck(wire);
        decoder.configuration().maxHeaderTableSize(size);
        assertReadable(wire, decoder);
      }
      // Both sides have to see the least that it has been meanwhile.
      wire.settings(HEADER_TABLE_SIZE, 0, HEADER_TABLE_SIZE, 4096);
      wire.settings(HEADER_TABLE_SIZE, 0);
      wire.settings(HEADER_TABLE_SIZE, 4096);
      for (int i = 0; i < 3; i++) {
        awaitAck(wire);
      }
      decoder.configuration().maxHeaderTableSize(0);
      decoder.configuration().maxHeaderTableSize(4096);
      assertReadable(wire, decoder);
    }
  }

  @Test
  void anEmptyTableFromTheBeginningIsObeyed() throws Exception {
    DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
    try (Wire wire = stage.connected(HEADER_TABLE_SIZE, 0)) {
      awaitAck(wire);
      decoder.configuration().maxHeaderTableSize(0);
      assertReadable(wire, decoder);
    }
  }

  private static void awaitAck(Wire wire) throws Exception {
    Frame frame = wire.await(SETTINGS);
    while (frame.flags() != 1) {
      frame = wire.await(SETTINGS);
    }
  }

  private void assertReadable(Wire wire, DefaultHttp2HeadersDecoder decoder) throws Exception {
    for (int seconds : new int[] {30, 31, 30, 32, 30}) {
      stage.engine().deliver(new byte[3], Duration.ofSeconds(seconds));
      Frame request = wire.await(HEADERS);
      assertThat(request.flags()).as("END_HEADERS and no more").isEqualTo(4);
      wire.awaitBody(request.stream());
      var headers =
          decoder.decodeHeaders(request.stream(), Unpooled.wrappedBuffer(request.bytes()));
      assertThat(headers.path()).hasToString("/protocol.PushServer/Broadcast");
      assertThat(headers.get("grpc-timeout")).hasToString(seconds + "000000u");
      assertThat(headers.authority()).hasToString(stage.node().address().toString());
      wire.answerOk(request.stream());
      assertThat(stage.engine().next()).endsWith(" OK");
    }
  }

  @Test
  void noMoreCallsAreInFlightThanTheNodeTakes() throws Exception {
    try (Wire wire = stage.connected(MAX_CONCURRENT_STREAMS, 5)) {
      List<Integer> open = new ArrayList<>();
      while (stage.engine().available()) {
        stage.engine().deliver("call");
        open.add(wire.awaitRequest());
        assertThat(open).hasSizeLessThanOrEqualTo(5);
      }
      assertThat(open).hasSize(5);
      wire.hold();
      for (int stream : open) {
        wire.answerOk(stream);
      }
      wire.release();
      for (int call = 1; call <= 5; call++) {
        assertThat(stage.engine().next()).isEqualTo("completed " + call + " OK");
      }
      assertThat(stage.engine().next()).isEqualTo("available");
    }
  }

  @Test
  void unknownSettingsAndUnexpectedAcknowledgementsAreIgnored() throws Exception {
    try (Wire wire = stage.connected(0x99, -1)) {
      wire.settings(0xffff, 7, 6, 1);
      wire.frame(SETTINGS, 1, 0, new byte[0]);
      stage.assertServes(wire, 1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1", // ENABLE_PUSH is a client's to allow.
    "2, 2",
    "4, -2147483648", // INITIAL_WINDOW_SIZE above 2^31-1
    "4, -1",
    "5, 16383", // MAX_FRAME_SIZE from 2^14 to 2^24-1
    "5, 16777216",
    "5, 0"
  })
  void aSettingThatMayNotBeEndsTheConnection(int setting, int value) throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("one");
      wire.awaitRequest();
      wire.settings(setting, value);
      assertThat(stage.engine().next()).startsWith("disconnected: ");
      assertThat(stage.engine().next()).startsWith("completed 1 UNAVAILABLE: ");
      stage.assertServes(wire, 2);
    }
  }
}
