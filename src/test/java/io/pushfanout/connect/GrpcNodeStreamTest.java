package io.pushfanout.connect;

import static io.pushfanout.connect.ScriptedNode.DATA;
import static io.pushfanout.connect.ScriptedNode.HEADERS;
import static io.pushfanout.connect.ScriptedNode.INITIAL_WINDOW_SIZE;
import static io.pushfanout.connect.ScriptedNode.RST_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.connect.ScriptedNode.Frame;
import io.pushfanout.connect.ScriptedNode.Wire;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream of deliveries, frame by frame. */
class GrpcNodeStreamTest {
  private static EventLoops loops;

  private ScriptedNode node;
  private EngineDouble engine;

  @BeforeAll
  static void startLoops() {
    loops = new EventLoops(1);
  }

  @AfterAll
  static void stopLoops() {
    loops.close();
  }

  @BeforeEach
  void open() throws Exception {
    node = new ScriptedNode();
    engine = new EngineDouble(loops, node.address(), NettyConnector.Options.DEFAULT);
  }

  @AfterEach
  void close() throws Exception {
    engine.close();
    node.close();
  }

  private Wire connected(int... settings) throws Exception {
    Wire wire = node.acceptWithSettings(settings);
    assertThat(engine.next()).startsWith("connected");
    return wire;
  }

  /** One with so many messages unacknowledged; the node has sent its headers. */
  private StreamDouble streaming(Wire wire, int messages) throws Exception {
    StreamDouble stream = StreamDouble.open(engine);
    if (messages > 0) {
      String[] bodies = new String[messages];
      Arrays.fill(bodies, "m");
      stream.send(bodies);
      wire.await(DATA);
    }
    wire.headers(1, false, ":status", "200", "content-type", "application/grpc");
    return stream;
  }

  private static byte[] acknowledged(long count) {
    return DeliverResponse.newBuilder().setAcknowledged(count).build().toByteArray();
  }

  private static byte[] failed(long count, long index, int code, String message) {
    return DeliverResponse.newBuilder()
        .setAcknowledged(count)
        .addFailures(Failure.newBuilder().setIndex(index).setCode(code).setMessage(message))
        .build()
        .toByteArray();
  }

  @Test
  void requestsGoOutOnOneStreamAndAcknowledgementsComeIn() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = StreamDouble.open(engine);
      stream.send("a", "b");
      Frame headers = wire.await(HEADERS);
      assertThat(headers.endStream()).isFalse();
      assertThat(parse(wire.await(DATA)).getEnvelopesList())
          .extracting(Envelope::getBroadcast)
          .extracting(b -> b.toStringUtf8())
          .containsExactly("a", "b");
      stream.send("c");
      Frame second = wire.await(DATA);
      assertThat(second.stream()).isEqualTo(headers.stream());
      assertThat(second.endStream()).isFalse();

      wire.headers(1, false, ":status", "200");
      wire.message(1, false, acknowledged(2));
      assertThat(stream.next()).isEqualTo("acknowledged 2");
      wire.message(1, false, failed(3, 2, 3, "no proto"));
      assertThat(stream.next()).isEqualTo("acknowledged 1, 0 INVALID_ARGUMENT: no proto");

      stream.finish();
      assertThat(wire.await(DATA).endStream()).isTrue();
      wire.headers(1, true, "grpc-status", "0");
      assertThat(stream.next()).isEqualTo("ended OK");
      assertThat(stream.heardNothingMore()).isTrue();
    }
  }

  private static DeliverRequest parse(Frame data) throws Exception {
    byte[] bytes = data.payload().getBytes(StandardCharsets.ISO_8859_1);
    assertThat(bytes[0]).isZero();
    return DeliverRequest.parseFrom(Arrays.copyOfRange(bytes, 5, bytes.length));
  }

  @Test
  void anAnswerInAnyPiecesIsPutTogether() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 3);
      for (byte b : Wire.prefixed(acknowledged(1))) {
        wire.frame(DATA, 0, 1, new byte[] {b});
      }
      assertThat(stream.next()).isEqualTo("acknowledged 1");
    }
  }

  @Test
  void answersThatComeTogetherAreReportedAtOnce() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 4);
      byte[] first = Wire.prefixed(acknowledged(1));
      byte[] second = Wire.prefixed(failed(3, 2, 99, "odd"));
      byte[] both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      wire.frame(DATA, 0, 1, both);
      assertThat(stream.next()).isEqualTo("acknowledged 3, 2 UNKNOWN: odd");
    }
  }

  @Test
  void aNodeWithoutTheMethodAnswersUnimplemented() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = StreamDouble.open(engine);
      stream.finish();
      wire.await(HEADERS);
      wire.headers(1, true, ":status", "200", "grpc-status", "12", "grpc-message", "unknown%20it");
      assertThat(stream.next()).isEqualTo("ended UNIMPLEMENTED: unknown it");
    }
  }

  @Test
  void aServerThatIsNoGrpcServerHasNoStreamsEither() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = StreamDouble.open(engine);
      stream.finish();
      wire.await(HEADERS);
      wire.headers(1, true, ":status", "404");
      assertThat(stream.next()).isEqualTo("ended UNIMPLEMENTED: HTTP status 404");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"502", "503", "504"})
  void aProxysPageInPlaceOfAnAnswerMeansThatTheNodeIsAway(String status) throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = StreamDouble.open(engine);
      stream.finish();
      wire.await(HEADERS);
      wire.headers(1, false, ":status", status, "content-type", "text/html");
      wire.frame(DATA, 1, 1, "<html>Bad Gateway</html>".getBytes(StandardCharsets.US_ASCII));
      assertThat(stream.next()).isEqualTo("ended UNAVAILABLE: HTTP status " + status);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, Long.MAX_VALUE, -1})
  void anAcknowledgementOfUnsentEnvelopesEndsTheStream(long count) throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 3);
      wire.message(1, false, acknowledged(count));
      assertThat(stream.next()).startsWith("ended INTERNAL: it acknowledges ");
      assertThat(wire.await(RST_STREAM).firstInt()).isEqualTo((int) Http2Error.CANCEL.code());
    }
  }

  @Test
  void anAcknowledgementThatGoesBackEndsTheStream() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 3);
      wire.message(1, false, acknowledged(2));
      assertThat(stream.next()).isEqualTo("acknowledged 2");
      wire.message(1, false, acknowledged(1));
      assertThat(stream.next())
          .isEqualTo("ended INTERNAL: it acknowledges 1 of 3 envelopes, after 2");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, -1})
  void aFailureOutsideItsAcknowledgementEndsTheStream(long index) throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 3);
      wire.message(1, false, acknowledged(1));
      assertThat(stream.next()).isEqualTo("acknowledged 1");
      wire.message(1, false, failed(2, index, 3, "x"));
      assertThat(stream.next()).startsWith("ended INTERNAL: envelope ");
    }
  }

  /** The last two are replies to a broadcast: code "0", with msg "OK" and without. */
  @ParameterizedTest
  @ValueSource(strings = {"ff", "0a013012024f4b", "0a0130"})
  void bytesThatAreNoAnswerEndTheStream(String hex) throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 1);
      wire.message(1, false, HexFormat.of().parseHex(hex));
      assertThat(stream.next())
          .isEqualTo("ended INTERNAL: its bytes do not parse as DeliverResponse");
    }
  }

  @Test
  void aCompressedAnswerEndsTheStream() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 1);
      wire.frame(DATA, 0, 1, new byte[] {1, 0, 0, 0, 0});
      assertThat(stream.next()).isEqualTo("ended INTERNAL: its message is compressed");
    }
  }

  @Test
  void anAnswerThatIsTooLargeEndsTheStreamBeforeItComes() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 1);
      wire.frame(DATA, 0, 1, new byte[] {0, -1, -1, -1, -1});
      assertThat(stream.next())
          .isEqualTo("ended INTERNAL: its message of 4294967295 bytes is too large");
    }
  }

  @Test
  void aResponseMayHave64KiB() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 200);
      DeliverResponse.Builder all = DeliverResponse.newBuilder().setAcknowledged(200);
      for (int i = 0; i < 200; i++) {
        all.addFailures(Failure.newBuilder().setIndex(i).setCode(3).setMessage("x".repeat(300)));
      }
      byte[] bytes = Wire.prefixed(all.build().toByteArray());
      assertThat(bytes).hasSizeBetween(60_000, 65_000);
      for (int at = 0; at < bytes.length; at += 16_000) {
        wire.frame(DATA, 0, 1, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 16_000)));
      }
      assertThat(stream.next()).startsWith("acknowledged 200, 0 INVALID_ARGUMENT: xxx");
    }
  }

  @Test
  void aResponseAbove64KiBEndsTheStreamAlone() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 1);
      wire.frame(DATA, 0, 1, new byte[] {0, 0, 1, 0, 1});
      assertThat(stream.next())
          .isEqualTo("ended INTERNAL: its message of 65537 bytes is too large");
      assertThat(engine.available()).isTrue();
    }
  }

  @Test
  void responsesWithoutEndThatAcknowledgeNothingEndTheStreamAlone() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 1);
      wire.hold();
      for (int i = 0; i < 10_000; i++) {
        wire.message(1, false, new byte[0]);
      }
      wire.release();
      assertThat(engine.available()).isTrue();
      assertThat(stream.heardNothingMore()).isTrue();
      wire.message(1, false, new byte[0]);
      assertThat(stream.next())
          .isEqualTo("ended INTERNAL: more than 10000 responses in a row acknowledge nothing");
      assertThat(engine.available()).isTrue();
    }
  }

  @Test
  void aResetLosesTheStreamAndARefusalGivesItBack() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 1);
      wire.reset(1, Http2Error.CANCEL);
      assertThat(stream.next()).isEqualTo("ended UNAVAILABLE: reset by the node: CANCEL");

      StreamDouble refused = StreamDouble.open(engine);
      refused.send("a");
      wire.await(HEADERS);
      wire.reset(3, Http2Error.REFUSED_STREAM);
      assertThat(refused.next()).isEqualTo("unprocessed");
    }
  }

  @Test
  void acknowledgedMessagesCountAsProcessed() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 2);
      wire.message(1, false, acknowledged(1));
      assertThat(stream.next()).isEqualTo("acknowledged 1");
      wire.reset(1, Http2Error.REFUSED_STREAM);
      assertThat(stream.next()).startsWith("ended UNAVAILABLE");
    }
  }

  @Test
  void streamsGoOnOnAConnectionThatIsReplaced() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 2);
      StreamDouble above = StreamDouble.open(engine);
      above.send("late");
      wire.goAway(1, Http2Error.NO_ERROR, "max_age");
      assertThat(engine.next()).startsWith("replaced");
      assertThat(above.next()).isEqualTo("unprocessed");
      wire.message(1, false, acknowledged(2));
      assertThat(stream.next()).isEqualTo("acknowledged 2");
      stream.finish();
      wire.headers(1, true, "grpc-status", "0");
      assertThat(stream.next()).isEqualTo("ended OK");
      wire.awaitClosed();
    }
  }

  @Test
  void aBrokenConnectionEndsTheStream() throws Exception {
    StreamDouble stream;
    try (Wire wire = connected()) {
      stream = streaming(wire, 2);
    }
    assertThat(stream.next()).startsWith("ended UNAVAILABLE");
    assertThat(stream.isWritable()).isFalse();
  }

  @Test
  void closingTheConnectionCancelsTheStream() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 2);
      engine.close();
      assertThat(stream.next()).isEqualTo("ended CANCELLED: connection closed");
    }
  }

  @Test
  void aStreamThatIsResetReportsNothingMore() throws Exception {
    try (Wire wire = connected()) {
      StreamDouble stream = streaming(wire, 2);
      stream.reset();
      stream.reset();
      assertThat(wire.await(RST_STREAM).firstInt()).isEqualTo((int) Http2Error.CANCEL.code());
      wire.message(1, false, acknowledged(2));
      wire.headers(1, true, "grpc-status", "0");
      // The next event is of this delivery, which proves that none came before.
      engine.deliver("x");
      wire.answerOk(wire.awaitRequest());
      assertThat(engine.next()).isEqualTo("completed 1 OK");
      assertThat(stream.heardNothingMore()).isTrue();
    }
  }

  @Test
  void aFullWindowAndItsEndAreReported() throws Exception {
    try (Wire wire = connected(INITIAL_WINDOW_SIZE, 10)) {
      StreamDouble stream = StreamDouble.open(engine);
      assertThat(stream.isWritable()).isTrue();
      stream.send("a".repeat(20));
      assertThat(stream.isWritable()).isFalse();
      assertThat(wire.await(DATA).payload()).hasSize(10);
      wire.windowUpdate(1, 100);
      assertThat(stream.next()).isEqualTo("writable");
      assertThat(stream.isWritable()).isTrue();
      assertThat(wire.await(DATA).payload()).endsWith("aaa");
    }
  }

  @Test
  void aStreamCanBeFinishedThoughItsWindowFellBelowZero() throws Exception {
    try (Wire wire = connected(INITIAL_WINDOW_SIZE, 1_000)) {
      StreamDouble stream = streaming(wire, 3);
      wire.settings(INITIAL_WINDOW_SIZE, 0);
      wire.settled();
      stream.finish();
      Frame end = wire.await(DATA);
      assertThat(end.payload().length()).isZero();
      assertThat(end.endStream()).isTrue();
    }
  }
}
