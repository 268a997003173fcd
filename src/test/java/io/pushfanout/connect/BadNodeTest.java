package io.pushfanout.connect;

import static io.pushfanout.connect.ScriptedNode.CONTINUATION;
import static io.pushfanout.connect.ScriptedNode.DATA;
import static io.pushfanout.connect.ScriptedNode.HEADERS;
import static io.pushfanout.connect.ScriptedNode.PING;
import static io.pushfanout.connect.ScriptedNode.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.connect.ScriptedNode.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that speak bad HTTP/2: each call ends once, and a good node is served after it. */
@Isolated("reads the log of all")
class BadNodeTest {
  @RegisterExtension final Stage stage = new Stage();
  @RegisterExtension final QuietLog log = new QuietLog();

  @ParameterizedTest
  @EnumSource
  void anOffenceEndsTheCallOnceAndNotTheService(Offence offence) throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      wire.hold();
      offence.commit(wire, stream);
      wire.release();
      if (offence.harm == Offence.Harm.NONE) {
        wire.answerOk(stream);
        assertThat(stage.engine().next()).isEqualTo("completed 1 OK");
      } else {
        String said = stage.engine().next();
        boolean connection = said.startsWith("disconnected: ");
        if (connection) {
          said = stage.engine().next();
        }
        assertThat(said).startsWith("completed 1 ").doesNotContain(" OK", "\n");
        assertThat(connection || offence.harm == Offence.Harm.CALL)
            .as("the connection is given up")
            .isTrue();
      }
      stage.assertServes(wire, 2);
    }
  }

  /** Commits the same offence after the answer, while no call is pending. */
  @ParameterizedTest
  @EnumSource
  void anOffenceAfterTheAnswerLeavesTheAnswer(Offence offence) throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      wire.hold();
      wire.answerOk(stream);
      offence.commit(wire, stream);
      wire.release();
      assertThat(stage.engine().next()).isEqualTo("completed 1 OK");
      stage.engine().onLoop(() -> null);
      while (!stage.engine().heardNothingMore()) {
        assertThat(stage.engine().next()).startsWith("disconnected: ");
      }
      stage.assertServes(wire, 2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {DATA, SETTINGS})
  void endsAConnectionFloodedWithUselessFrames(int type) throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      wire.headers(stream, false, ":status", "200");
      sendIdle(wire, type, stream, 201);
      assertThat(stage.engine().next())
          .startsWith("disconnected: ")
          .contains("more than 200 frames that bring nothing");
      assertThat(stage.engine().next()).startsWith("completed 1 UNAVAILABLE: ");
      stage.assertServes(wire, 2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {DATA, SETTINGS})
  void aNodeThatAnswersInBetweenIsKept(int type) throws Exception {
    try (Wire wire = stage.connected()) {
      for (int call = 1; call <= 3; call++) {
        stage.engine().deliver("hello");
        int stream = wire.awaitRequest();
        wire.headers(stream, false, ":status", "200");
        sendIdle(wire, type, stream, 190);
        wire.headers(stream, true, "grpc-status", "0");
        assertThat(stage.engine().next()).isEqualTo("completed " + call + " OK");
      }
      assertThat(stage.engine().available()).as("on the first connection").isTrue();
    }
  }

  private static void sendIdle(Wire wire, int type, int stream, int frames) throws IOException {
    wire.hold();
    for (int i = 0; i < frames; i++) {
      wire.frame(type, 0, type == DATA ? stream : 0, new byte[0]);
    }
    wire.release();
  }

  static Stream<byte[]> greetings() {
    return Stream.of(
        FrameBytes.of(PING, 0, 0, new byte[8]),
        FrameBytes.of(HEADERS, 4, 1, HeaderLiterals.block(":status", "200")),
        FrameBytes.of(SETTINGS, 1, 0, new byte[0]),
        FrameBytes.of(SETTINGS, 0, 1, new byte[0]),
        FrameBytes.of(SETTINGS, 0, 0, new byte[1]),
        FrameBytes.of(0x42, 0, 0, new byte[100]),
        FrameBytes.of(ScriptedNode.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 1, 0}),
        new byte[100],
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
        new byte[] {0x15, 3, 3, 0, 2, 2, 80, 0, 0, 0, 0}); // An alert of TLS.
  }

  @ParameterizedTest
  @MethodSource("greetings")
  void aNodeThatDoesNotBeginWithSettingsIsNotConnected(byte[] greeting) throws Exception {
    try (Wire wire = stage.node().accept()) {
      wire.raw(greeting);
      assertThat(stage.engine().next()).startsWith("disconnected: ").doesNotContain("\n");
      wire.awaitClosed();
    }
    stage.connectedAgain().close();
  }

  @Test
  void anEndlessHeaderBlockEndsTheConnection() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      int stream = wire.awaitRequest();
      wire.frame(HEADERS, 0, stream, new byte[0]);
      byte[] more =
          FrameBytes.of(CONTINUATION, 0, stream, HeaderLiterals.block("x", "y".repeat(90)));
      assertGivenUpDuring(wire, more);
      assertThat(stage.engine().next()).startsWith("disconnected: ");
      assertThat(stage.engine().next()).startsWith("completed 1 UNAVAILABLE: ");
      stage.assertServes(wire, 2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {SETTINGS, PING})
  void aNodeThatRequestsRepliesAndDoesNotReadThemIsDisconnected(int type) throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("hello");
      wire.awaitRequest();
      assertGivenUpDuring(wire, FrameBytes.of(type, 0, 0, new byte[type == PING ? 8 : 0]));
      assertThat(stage.engine().next()).startsWith("disconnected: ");
      assertThat(stage.engine().next()).startsWith("completed 1 UNAVAILABLE: ");
      stage.assertServes(wire, 2);
    }
  }

  /** A node that reads its replies may request any number. */
  @Test
  void aNodeThatReadsItsRepliesMayRequestMany() throws Exception {
    try (Wire wire = stage.connected()) {
      for (int i = 0; i < 20_000; i++) {
        wire.hold();
        wire.frame(PING, 0, 0, new byte[8]);
        if (i % 100 == 99) {
          wire.release();
          for (int pong = 0; pong < 100; pong++) {
            wire.await(PING);
          }
        }
      }
      wire.release();
      stage.assertServes(wire, 1);
    }
  }

  private static void assertGivenUpDuring(Wire wire, byte[] frame) {
    assertThatThrownBy(
            () -> {
              wire.hold();
              for (int i = 0; i < 1_000; i++) {
                wire.raw(frame);
              }
              wire.release();
              // A write to a closed connection fails a little later.
              for (int i = 0; i < 10_000_000; i++) {
                wire.raw(frame);
              }
            })
        .isInstanceOf(IOException.class);
  }

  @Test
  void aSecondGoAwayReturnsNoCallTwice() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver("one");
      stage.engine().deliver("two");
      int one = wire.awaitRequest();
      int two = wire.awaitRequest();
      wire.goAway(one, Http2Error.NO_ERROR, "");
      assertThat(stage.engine().next()).startsWith("replaced: ");
      assertThat(stage.engine().next()).isEqualTo("unprocessed 2");
      wire.hold(); // The first of these ends the connection.
      wire.goAway(two, Http2Error.NO_ERROR, "");
      wire.answerOk(two);
      wire.answerOk(one);
      wire.release();
      assertThat(stage.engine().next()).startsWith("completed 1 ");
      stage.connectedAgain().close();
      assertThat(stage.engine().next()).startsWith("disconnected: ");
      assertThat(stage.engine().heardNothingMore()).isTrue();
    }
  }
}
