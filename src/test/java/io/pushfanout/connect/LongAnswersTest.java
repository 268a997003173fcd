package io.pushfanout.connect;

import static io.pushfanout.connect.ScriptedNode.CONTINUATION;
import static io.pushfanout.connect.ScriptedNode.DATA;
import static io.pushfanout.connect.ScriptedNode.HEADERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.connect.ScriptedNode.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers longer than answers need be: each is judged by itself, and the connection stays. */
@Isolated("reads the log of all")
class LongAnswersTest {
  @RegisterExtension final Stage stage = new Stage();
  @RegisterExtension final QuietLog log = new QuietLog();

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** The next call, answered on the first connection, beside another that is in flight. */
  private void assertConnectionStays(Wire wire, int call) throws Exception {
    stage.engine().deliver("another");
    int other = wire.awaitRequest();
    stage.engine().deliver("one more");
    wire.answerOk(wire.awaitRequest());
    assertThat(stage.engine().next()).isEqualTo("completed " + (call + 1) + " OK");
    wire.answerOk(other);
    assertThat(stage.engine().next()).isEqualTo("completed " + call + " OK");
    assertThat(stage.engine().heardNothingMore()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "9000, 16384",
    "20000, 16384",
    "20000, 1000",
    "60000, 16384",
    "65000, 16384",
    "70000, 16384",
    "70000, 100",
    "300000, 16384",
    "1000000, 16384",
    "1000000, 2000"
  })
  void aStatusBeforeALongTextIsTheCalls(int length, int frameBytes) throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      wire.headers(stream, false, ":status", "200");
      wire.longHeaders(
          stream, true, frameBytes, "grpc-status", "9", "grpc-message", "x".repeat(length));
      String said = stage.engine().next();
      assertThat(said).startsWith("completed 1 FAILED_PRECONDITION");
      if (length < 65_000) {
        assertThat(said).contains(": xxx");
      }
      assertConnectionStays(wire, 2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {66_000, 1_000_000})
  void aStatusBehindTheLimitIsAnErrorOfItsCall(int length) throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      wire.headers(stream, false, ":status", "200");
      wire.longHeaders(stream, true, 16_384, "x", "x".repeat(length), "grpc-status", "0");
      assertThat(stage.engine().next())
          .isEqualTo("completed 1 INTERNAL: the trailers exceed their limit before grpc-status");
      assertConnectionStays(wire, 2);
    }
  }

  /** Few bytes that mean many: 2,000 times a header of the table. */
  @Test
  void headersThatAreLongOnceDecodedAreCutToo() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      byte[] again = new byte[2_000];
      Arrays.fill(again, (byte) (0x80 | 62));
      byte[] block =
          join(
              HeaderLiterals.block(":status", "200", "grpc-status", "5"),
              HeaderLiterals.indexedBlock("x", "y".repeat(3_000)),
              again);
      wire.longHeaders(wire.awaitRequest(), true, 16_384, block);
      assertThat(stage.engine().next()).isEqualTo("completed 1 NOT_FOUND");
      assertConnectionStays(wire, 2);
    }
  }

  @Test
  void anAnswerGoesOnAfterHeadersThatWereCut() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      wire.longHeaders(stream, false, 16_384, ":status", "200", "x", "y".repeat(200_000));
      wire.data(stream, false, 5);
      wire.headers(stream, true, "grpc-status", "0");
      assertThat(stage.engine().next()).isEqualTo("completed 1 OK");
      assertConnectionStays(wire, 2);
    }
  }

  /** Each of these fields lies beyond the limit, and the next answer is made of the table. */
  @Test
  void headersThatAreCutServeLaterAnswersByTheTable() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      byte[] block =
          join(
              HeaderLiterals.block(":status", "200", "grpc-status", "1", "x", "y".repeat(80_000)),
              HeaderLiterals.indexedBlock("z", "y".repeat(30_000)), // It empties the table.
              HeaderLiterals.indexedBlock(":status", "200", "grpc-status", "7"));
      wire.longHeaders(wire.awaitRequest(), true, 16_384, block);
      assertThat(stage.engine().next()).startsWith("completed 1 CANCELLED");
      stage.engine().deliver("known");
      byte[] known = {(byte) (0x80 | 63), (byte) (0x80 | 62)};
      wire.frame(HEADERS, 5, wire.awaitRequest(), known);
      assertThat(stage.engine().next()).isEqualTo("completed 2 PERMISSION_DENIED");
      stage.engine().deliver("unknown");
      wire.frame(HEADERS, 5, wire.awaitRequest(), new byte[] {(byte) (0x80 | 64)});
      assertThat(stage.engine().next()).startsWith("disconnected: ").contains("HPACK");
    }
  }

  @Test
  void aLongAnswerMayComeForACallThatHasEnded() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver(new byte[1], Duration.ofMillis(50));
      int ended = wire.awaitRequest();
      assertThat(stage.engine().next()).startsWith("completed 1 DEADLINE_EXCEEDED");
      wire.longHeaders(ended, true, 16_384, ":status", "200", "x", "y".repeat(200_000));
      assertConnectionStays(wire, 2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16_384})
  void aBlockWithoutEndEndsTheConnection(int frameBytes) throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      // The first bytes of a header of 16 MiB.
      byte[] begins = {0, 1, 'x', 0x7f, (byte) 0x80, (byte) 0x80, (byte) 0x80, 8};
      wire.frame(HEADERS, 1, stream, begins);
      for (int i = 0; i < 1_024; i++) {
        try {
          wire.frame(CONTINUATION, 0, stream, new byte[frameBytes]);
        } catch (IOException _) {
          break; // It is given up already.
        }
      }
      assertThat(stage.engine().next())
          .isEqualTo("disconnected: a header block of more than 1048576 bytes or 1024 frames");
      assertThat(stage.engine().next()).startsWith("completed 1 UNAVAILABLE: ");
    }
  }

  @Test
  void aReplyWithoutEndIsAnErrorOfItsCall() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      wire.headers(stream, false, ":status", "200");
      // The pieces fit our windows: each window is given back when half of it is used.
      int window = 65_535;
      for (int sent = 0; sent <= 4 << 20; sent += 16_384) {
        while (window < 16_384) {
          var update = wire.await(ScriptedNode.WINDOW_UPDATE);
          window += update.stream() == stream ? update.firstInt() : 0;
        }
        wire.frame(DATA, 0, stream, new byte[16_384]);
        window -= 16_384;
      }
      assertThat(stage.engine().next())
          .isEqualTo("completed 1 RESOURCE_EXHAUSTED: its reply is larger than 4194304 bytes");
      assertThat(wire.await(ScriptedNode.RST_STREAM).stream()).isEqualTo(stream);
      assertConnectionStays(wire, 2);
    }
  }
}
