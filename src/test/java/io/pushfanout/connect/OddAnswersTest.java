package io.pushfanout.connect;

import static io.pushfanout.connect.ScriptedNode.CONTINUATION;
import static io.pushfanout.connect.ScriptedNode.DATA;
import static io.pushfanout.connect.ScriptedNode.HEADERS;
import static io.pushfanout.connect.ScriptedNode.MAX_CONCURRENT_STREAMS;
import static io.pushfanout.connect.ScriptedNode.PRIORITY;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.connect.ScriptedNode.Wire;
import io.pushfanout.model.StatusCode;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that few nodes give, and that the protocols allow. */
@Isolated("reads the log of all")
class OddAnswersTest {
  private static final int PADDED = 8;
  private static final int WITH_PRIORITY = 0x20;
  private static final int END_HEADERS = 4;
  private static final int END_STREAM = 1;

  @RegisterExtension final Stage stage = new Stage();
  @RegisterExtension final QuietLog log = new QuietLog();

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] padded(byte[] payload, int padding) {
    return join(new byte[] {(byte) padding}, payload, new byte[padding]);
  }

  @Test
  void paddingAndPrioritiesAreSkipped() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      byte[] priority = {(byte) 0x80, 0, 0, 0, 15};
      wire.frame(PRIORITY, 0, stream, priority);
      wire.frame(PRIORITY, 0, 77, new byte[] {0, 0, 0, 3, 0});
      wire.frame(
          HEADERS,
          PADDED | WITH_PRIORITY | END_HEADERS,
          stream,
          padded(join(priority, HeaderLiterals.block(":status", "200")), 255));
      wire.frame(DATA, PADDED, stream, padded(new byte[5], 255));
      wire.frame(DATA, PADDED, stream, padded(new byte[0], 0));
      wire.frame(
          HEADERS,
          PADDED | END_HEADERS | END_STREAM,
          stream,
          padded(HeaderLiterals.block("grpc-status", "5"), 0));
      assertThat(stage.engine().next()).isEqualTo("completed 1 NOT_FOUND");
    }
  }

  @Test
  void headersMayBeContinuedAnywhere() throws Exception {
    byte[] block =
        HeaderLiterals.block(":status", "200", "grpc-status", "5", "grpc-message", "gone");
    try (Wire wire = stage.connected()) {
      for (int at = 0; at <= block.length; at++) {
        stage.engine().deliver("hello");
        int stream = wire.awaitRequest();
        wire.frame(HEADERS, END_STREAM, stream, Arrays.copyOf(block, at));
        byte[] rest = Arrays.copyOfRange(block, at, block.length);
        wire.frame(CONTINUATION, 0, stream, Arrays.copyOf(rest, rest.length / 2));
        wire.frame(
            CONTINUATION,
            END_HEADERS,
            stream,
            Arrays.copyOfRange(rest, rest.length / 2, rest.length));
        assertThat(stage.engine().next())
            .as("continued at %d", at)
            .isEqualTo("completed " + (at + 1) + " NOT_FOUND: gone");
      }
    }
  }

  @Test
  void anyNumberOfInterimAnswersComesBeforeTheAnswer() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      for (String status : new String[] {"100", "103", "103", "199"}) {
        wire.headers(stream, false, ":status", status, "link", "x");
      }
      wire.answerOk(stream);
      assertThat(stage.engine().next()).isEqualTo("completed 1 OK");
    }
  }

  @Test
  void framesOfTypesToComeAreSkipped() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      for (int type : new int[] {10, 11, 0x42, 0xff}) {
        wire.frame(type, 0xff, 0, new byte[100]);
        wire.frame(type, 0xff, stream, new byte[0]);
        wire.frame(type, 0, 99, new byte[16_384]);
      }
      wire.answerOk(stream);
      assertThat(stage.engine().next()).isEqualTo("completed 1 OK");
    }
  }

  @Test
  void theTableThatAnEndedCallsHeadersHaveFilledServesTheNext() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver(new byte[1], Duration.ofMillis(50));
      int ended = wire.awaitRequest();
      assertThat(stage.engine().next()).startsWith("completed 1 DEADLINE_EXCEEDED");
      byte[] block = HeaderLiterals.indexedBlock(":status", "200", "grpc-status", "7");
      wire.frame(HEADERS, END_HEADERS | END_STREAM, ended, block);
      for (int call = 2; call < 6; call++) {
        stage.engine().deliver("hello");
        // The newest of the dynamic table is 62: grpc-status; the one before is :status.
        byte[] known = {(byte) (0x80 | 63), (byte) (0x80 | 62)};
        wire.frame(HEADERS, END_HEADERS | END_STREAM, wire.awaitRequest(), known);
        assertThat(stage.engine().next()).isEqualTo("completed " + call + " PERMISSION_DENIED");
      }
    }
  }

  /** The table decides the meaning of the same bytes of a block. */
  @Test
  void aBlockMeansSomethingElseWhenTheTableHasChanged() throws Exception {
    byte[] newest = {(byte) (0x80 | 8), (byte) (0x80 | 62)}; // 8 is ":status: 200".
    try (Wire wire = stage.connected()) {
      int call = 0;
      for (int code = 1; code <= 16; code++) {
        stage.engine().deliver("one");
        byte[] teach =
            join(
                new byte[] {(byte) (0x80 | 8)},
                HeaderLiterals.indexedBlock("grpc-status", Integer.toString(code)));
        wire.frame(HEADERS, END_HEADERS | END_STREAM, wire.awaitRequest(), teach);
        String end = " " + StatusCode.ofHeader(Integer.toString(code));
        assertThat(stage.engine().next()).isEqualTo("completed " + ++call + end);
        for (int again = 0; again < 2; again++) {
          stage.engine().deliver("another");
          wire.frame(HEADERS, END_HEADERS | END_STREAM, wire.awaitRequest(), newest);
          assertThat(stage.engine().next()).isEqualTo("completed " + ++call + end);
        }
      }
    }
  }

  @Test
  void aConversationMayArriveByteByByte() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      for (byte one : answer(stream)) {
        assertThat(stage.engine().heardNothingMore()).isTrue();
        wire.raw(new byte[] {one});
        // The loop has read it by the time that it has done two tasks more.
        assertThat(stage.engine().available()).isTrue();
        assertThat(stage.engine().available()).isTrue();
      }
      assertThat(stage.engine().next()).isEqualTo("completed 1 OK");
    }
  }

  @Test
  void aConversationMayArriveInTwoPiecesCutAnywhere() throws Exception {
    try (Wire wire = stage.connected()) {
      int length = answer(1).length;
      for (int at = 1; at < length; at++) {
        stage.engine().deliver("hello");
        byte[] answer = answer(wire.awaitRequest());
        wire.raw(Arrays.copyOf(answer, at));
        assertThat(stage.engine().available()).isTrue();
        assertThat(stage.engine().available()).isTrue();
        wire.raw(Arrays.copyOfRange(answer, at, answer.length));
        assertThat(stage.engine().next()).as("cut at %d", at).isEqualTo("completed " + at + " OK");
      }
    }
  }

  @Test
  void aConnectionThatEndsAnywhereInAnAnswerEndsTheCallOnce() throws Exception {
    int length = answer(1).length;
    for (int at = 0; at <= length; at++) {
      EngineDouble engine = stage.engine();
      try (Wire wire = at == 0 ? stage.connected() : stage.connectedAgain()) {
        engine.deliver("hello");
        wire.raw(Arrays.copyOf(answer(wire.awaitRequest()), at));
      }
      String call = "completed " + (at + 1);
      String said = engine.next();
      if (at == length) {
        assertThat(said).isEqualTo(call + " OK");
        assertThat(engine.next()).startsWith("replaced: ");
      } else {
        assertThat(said).as("ended at %d", at).startsWith("disconnected: ");
        assertThat(engine.next()).as("ended at %d", at).startsWith(call + " UNAVAILABLE: ");
      }
      assertThat(engine.heardNothingMore()).isTrue();
    }
  }

  /** Returns the bytes that {@link Wire#answerOk} writes. */
  private static byte[] answer(int stream) {
    return join(
        FrameBytes.of(HEADERS, END_HEADERS, stream, HeaderLiterals.block(":status", "200")),
        FrameBytes.of(DATA, 0, stream, new byte[5]),
        FrameBytes.of(
            HEADERS,
            END_HEADERS | END_STREAM,
            stream,
            HeaderLiterals.block("grpc-status", "0", "x-trace", "abc")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "17", "99999999999", "0x0", "1 ", "1a", "OK"})
  void aStatusThatIsNoneIsUnknown(String status) throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      wire.headers(wire.awaitRequest(), true, ":status", "200", "grpc-status", status);
      assertThat(stage.engine().next()).startsWith("completed 1 UNKNOWN");
      stage.assertServes(wire, 2);
    }
  }

  @Test
  void deadlinesEndCallsInTheirOwnOrder() throws Exception {
    try (Wire wire = stage.connected()) {
      for (int millis : new int[] {400, 100, 300, 200}) {
        stage.engine().deliver(new byte[1], Duration.ofMillis(millis));
        wire.awaitRequest();
      }
      for (int call : new int[] {2, 4, 3, 1}) {
        assertThat(stage.engine().next()).startsWith("completed " + call + " DEADLINE_EXCEEDED");
      }
    }
  }

  @Test
  void aStuckCallOutlivesThousandsOfOthers() throws Exception {
    try (Wire wire = stage.connected(MAX_CONCURRENT_STREAMS, 3)) {
      stage.engine().deliver("stuck until answered");
      int answered = wire.awaitRequest();
      stage.engine().deliver(new byte[1], Duration.ofSeconds(5));
      int refused = wire.awaitRequest();
      for (int call = 3; call < 3_000; call++) {
        stage.engine().deliver("passes");
        wire.answerOk(wire.awaitRequest());
        assertThat(stage.engine().next()).isEqualTo("completed " + call + " OK");
      }
      wire.answerOk(answered);
      assertThat(stage.engine().next()).isEqualTo("completed 1 OK");
      wire.reset(refused, Http2Error.REFUSED_STREAM);
      assertThat(stage.engine().next()).isEqualTo("unprocessed 2");
    }
  }
}
