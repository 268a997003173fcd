package io.pushfanout.connect;

import static io.pushfanout.connect.ScriptedNode.DATA;
import static io.pushfanout.connect.ScriptedNode.HEADERS;
import static io.pushfanout.connect.ScriptedNode.INITIAL_WINDOW_SIZE;
import static io.pushfanout.connect.ScriptedNode.MAX_CONCURRENT_STREAMS;
import static io.pushfanout.connect.ScriptedNode.RST_STREAM;
import static io.pushfanout.connect.ScriptedNode.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.connect.ScriptedNode.Frame;
import io.pushfanout.connect.ScriptedNode.Wire;
import io.pushfanout.delivery.Evidence;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ends of a call, frame by frame. */
class CallOutcomeTest {
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

  @Test
  void okInTheTrailersCompletesTheCall() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("hello");
      Frame headers = wire.await(HEADERS);
      assertThat(wire.awaitBody(headers.stream())).isEqualTo("\0\0\0\0\5hello");
      wire.answerOk(headers.stream());
      assertThat(engine.next()).isEqualTo("completed 1 OK");
    }
  }

  @Test
  void trailersAloneAreAnAnswer() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("hello");
      wire.headers(
          wire.awaitRequest(),
          true,
          ":status",
          "200",
          "grpc-status",
          "5",
          "grpc-message",
          "no caf%C3%A9%0A 100% %zz");
      assertThat(engine.next()).isEqualTo("completed 1 NOT_FOUND: no café\\n 100% %zz");
    }
  }

  @Test
  void onlyAMessageThatHasBeenThereBeforeIsALoop() throws Exception {
    try (Wire wire = connected()) {
      refuse(wire, "9", "pushfanout-loop", "1", "grpc-message", "it came back");
      assertThat(engine.next()).isEqualTo("loop");
      assertThat(engine.next()).isEqualTo("completed 1 FAILED_PRECONDITION: it came back");
      refuse(wire, "9", "pushfanout-loop", "0");
      assertThat(engine.next()).isEqualTo("completed 2 FAILED_PRECONDITION");
      refuse(wire, "9");
      assertThat(engine.next()).isEqualTo("completed 3 FAILED_PRECONDITION");
      refuse(wire, "0", "pushfanout-loop", "1");
      assertThat(engine.next()).isEqualTo("completed 4 OK");
      refuse(wire, "14", "pushfanout-loop", "1");
      assertThat(engine.next()).isEqualTo("completed 5 UNAVAILABLE");
    }
  }

  private void refuse(Wire wire, String status, String... more) throws Exception {
    engine.deliver("hello");
    List<String> all = new ArrayList<>(List.of(":status", "200", "grpc-status", status));
    all.addAll(List.of(more));
    wire.headers(wire.awaitRequest(), true, all.toArray(String[]::new));
  }

  @Test
  void anAnswerWithoutGrpcStatusIsUnknown() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("hello");
      int stream = wire.awaitRequest();
      wire.headers(stream, false, ":status", "200");
      wire.data(stream, true, 5);
      assertThat(engine.next()).isEqualTo("completed 1 UNKNOWN: the answer has no grpc-status");
    }
  }

  @Test
  void anHttpErrorIsMapped() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("hello");
      wire.headers(wire.awaitRequest(), true, ":status", "503");
      assertThat(engine.next()).isEqualTo("completed 1 UNAVAILABLE: HTTP status 503");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, 0, PRESENT",
    "200, 13, PRESENT",
    "200, 14, ABSENT",
    "429, , PRESENT",
    "500, , PRESENT",
    "502, , ABSENT",
    "503, , ABSENT",
    "504, , ABSENT"
  })
  void anAnswerShowsTheNodeOrAProxyBeforeIt(String http, @Nullable String grpc, Evidence evidence)
      throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("hello");
      int stream = wire.awaitRequest();
      if (grpc == null) {
        wire.headers(stream, true, ":status", http);
      } else {
        wire.headers(stream, true, ":status", http, "grpc-status", grpc);
      }
      assertThat(engine.next()).startsWith("completed 1 ");
      assertThat(engine.lastEvidence()).isEqualTo(evidence);
    }
  }

  @Test
  void interimHeadersAreNoAnswer() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("hello");
      int stream = wire.awaitRequest();
      wire.headers(stream, false, ":status", "103");
      wire.answerOk(stream);
      assertThat(engine.next()).isEqualTo("completed 1 OK");
    }
  }

  @Test
  void refusedStreamIsGivenBackUnprocessed() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("hello");
      wire.reset(wire.awaitRequest(), Http2Error.REFUSED_STREAM);
      assertThat(engine.next()).isEqualTo("unprocessed 1");
    }
  }

  @Test
  void aStreamThatIsRefusedAfterItsAnswerHasBegunIsNotGivenBack() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("hello");
      int stream = wire.awaitRequest();
      wire.headers(stream, false, ":status", "200", "content-type", "application/grpc");
      wire.reset(stream, Http2Error.REFUSED_STREAM);
      assertThat(engine.next()).startsWith("completed 1 UNAVAILABLE");
    }
  }

  @Test
  void aResetEndsTheCallWithTheStatusOfItsCode() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("one");
      wire.reset(wire.awaitRequest(), Http2Error.ENHANCE_YOUR_CALM);
      assertThat(engine.next())
          .isEqualTo("completed 1 RESOURCE_EXHAUSTED: reset by the node: ENHANCE_YOUR_CALM");
      engine.deliver("two");
      wire.reset(wire.awaitRequest(), Http2Error.CANCEL);
      assertThat(engine.next()).isEqualTo("completed 2 CANCELLED: reset by the node: CANCEL");
    }
  }

  @Test
  void aResetByTheNodesOwnClockAtTheDeadlineIsDeadlineExceeded() throws Exception {
    try (Wire wire = connected()) {
      // Within 1 % of its deadline from the beginning.
      engine.deliver(bytes("hello"), Duration.ofMillis(9));
      wire.reset(wire.awaitRequest(), Http2Error.CANCEL);
      assertThat(engine.next()).startsWith("completed 1 DEADLINE_EXCEEDED");
    }
  }

  @Test
  void silenceUntilTheDeadlineResetsTheStream() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver(bytes("slow"), Duration.ofSeconds(20));
      engine.deliver(bytes("quick"), Duration.ofMillis(50));
      int slow = wire.awaitRequest();
      int quick = wire.awaitRequest();
      assertThat(engine.next()).isEqualTo("completed 2 DEADLINE_EXCEEDED: no answer in time");
      Frame reset = wire.await(RST_STREAM);
      assertThat(reset.stream()).isEqualTo(quick);
      assertThat(reset.firstInt()).isEqualTo((int) Http2Error.CANCEL.code());

      // The late answer is nothing, and not reset again; the other call is as before.
      wire.answerOk(quick);
      wire.answerOk(slow);
      assertThat(engine.next()).isEqualTo("completed 1 OK");
      engine.deliver("after");
      assertThat(wire.next().type()).isEqualTo(HEADERS);
    }
  }

  @Test
  void anAnswerBeforeTheWholeRequestStopsTheRequest() throws Exception {
    try (Wire wire = connected(INITIAL_WINDOW_SIZE, 4)) {
      engine.deliver("hello");
      int stream = wire.await(HEADERS).stream();
      assertThat(wire.await(DATA).payload()).hasSize(4);
      wire.headers(stream, true, ":status", "200", "grpc-status", "8");
      assertThat(engine.next()).isEqualTo("completed 1 RESOURCE_EXHAUSTED");
      assertThat(wire.await(RST_STREAM).stream()).isEqualTo(stream);

      // The ended call sends nothing more, not even with room for it.
      wire.windowUpdate(stream, 1000);
      engine.deliver("next");
      assertThat(wire.next().type()).isEqualTo(HEADERS);
    }
  }

  @Test
  void aResetInTheMiddleOfTheRequestIsNotAnsweredByAnother() throws Exception {
    try (Wire wire = connected(INITIAL_WINDOW_SIZE, 4)) {
      engine.deliver("hello");
      int stream = wire.await(HEADERS).stream();
      wire.await(DATA);
      wire.reset(stream, Http2Error.REFUSED_STREAM);
      assertThat(engine.next()).isEqualTo("unprocessed 1");
      engine.deliver("next");
      assertThat(wire.next().type()).isEqualTo(HEADERS);
    }
  }

  @Test
  void aResetAfterTheAnswerIsNothing() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("one");
      int stream = wire.awaitRequest();
      wire.answerOk(stream);
      wire.reset(stream, Http2Error.NO_ERROR);
      assertThat(engine.next()).isEqualTo("completed 1 OK");
      engine.deliver("two");
      wire.answerOk(wire.awaitRequest());
      assertThat(engine.next()).isEqualTo("completed 2 OK");
    }
  }

  @Test
  void requestsPassThroughWindowsOfOneByte() throws Exception {
    try (Wire wire = connected(INITIAL_WINDOW_SIZE, 1)) {
      engine.deliver("hi");
      int stream = wire.await(HEADERS).stream();
      StringBuilder body = new StringBuilder();
      Frame data;
      do {
        data = wire.await(DATA);
        body.append(data.payload());
        wire.windowUpdate(stream, 1);
      } while (!data.endStream());
      assertThat(body).hasToString("\0\0\0\0\2hi");
      wire.answerOk(stream);
      assertThat(engine.next()).isEqualTo("completed 1 OK");
    }
  }

  @Test
  void windowsOfSkippedRepliesAreGivenBack() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("hello");
      int stream = wire.awaitRequest();
      wire.headers(stream, false, ":status", "200");
      for (int i = 0; i < 3; i++) {
        wire.data(stream, false, 16_000);
      }
      assertThat(wire.await(WINDOW_UPDATE).firstInt()).isGreaterThan(30_000);
      wire.headers(stream, true, "grpc-status", "0");
      assertThat(engine.next()).isEqualTo("completed 1 OK");
    }
  }

  @Test
  void theNodesLimitOfCallsIsKeptWhenItShrinks() throws Exception {
    try (Wire wire = connected(MAX_CONCURRENT_STREAMS, 2)) {
      engine.deliver("one");
      assertThat(engine.available()).isTrue();
      engine.deliver("two");
      assertThat(engine.available()).isFalse();
      int one = wire.awaitRequest();
      int two = wire.awaitRequest();

      wire.settings(MAX_CONCURRENT_STREAMS, 1);
      assertThat(engine.next()).isEqualTo("concurrency 1");
      wire.answerOk(one);
      assertThat(engine.next()).isEqualTo("completed 1 OK");
      assertThat(engine.available()).isFalse();
      wire.answerOk(two);
      assertThat(engine.next()).isEqualTo("completed 2 OK");
      assertThat(engine.next()).isEqualTo("available");
      assertThat(engine.available()).isTrue();

      wire.settings(MAX_CONCURRENT_STREAMS, 0);
      assertThat(engine.next()).isEqualTo("concurrency 0");
      assertThat(engine.available()).isFalse();
      wire.settings(MAX_CONCURRENT_STREAMS, 7);
      assertThat(engine.next()).isEqualTo("concurrency 7");
      assertThat(engine.next()).isEqualTo("available");
    }
  }

  @Test
  void theEndOfACallReportsRoomOnce() throws Exception {
    try (Wire wire = connected(MAX_CONCURRENT_STREAMS, 2)) {
      engine.deliver("one");
      engine.deliver("two");
      int one = wire.awaitRequest();
      int two = wire.awaitRequest();
      assertThat(engine.available()).isFalse();
      wire.hold();
      wire.answerOk(one);
      wire.answerOk(two);
      wire.release();
      assertThat(engine.next()).isEqualTo("completed 1 OK");
      assertThat(engine.next()).isEqualTo("completed 2 OK");
      assertThat(engine.next()).isEqualTo("available");

      // The engine has seen no lack of room since, so no event follows.
      engine.deliver("three");
      engine.deliver("four");
      wire.answerOk(wire.awaitRequest());
      assertThat(engine.next()).isEqualTo("completed 3 OK");
      wire.answerOk(wire.awaitRequest());
      assertThat(engine.next()).isEqualTo("completed 4 OK");
    }
  }

  @Test
  void everyEndOfACallReportsRoom() throws Exception {
    try (Wire wire = connected(MAX_CONCURRENT_STREAMS, 1)) {
      engine.deliver("refused");
      assertThat(engine.available()).isFalse();
      wire.reset(wire.awaitRequest(), Http2Error.REFUSED_STREAM);
      assertThat(engine.next()).isEqualTo("unprocessed 1");
      assertThat(engine.next()).isEqualTo("available");

      engine.deliver("reset");
      assertThat(engine.available()).isFalse();
      wire.reset(wire.awaitRequest(), Http2Error.INTERNAL_ERROR);
      assertThat(engine.next()).startsWith("completed 2 INTERNAL");
      assertThat(engine.next()).isEqualTo("available");

      engine.deliver("unreadable");
      assertThat(engine.available()).isFalse();
      wire.headers(wire.awaitRequest(), true, ":status", "200", "NAME-IN-CAPITALS", "x");
      assertThat(engine.next()).startsWith("completed 3 INTERNAL");
      assertThat(engine.next()).isEqualTo("available");

      engine.deliver(bytes("late"), Duration.ofMillis(50));
      assertThat(engine.available()).isFalse();
      assertThat(engine.next()).startsWith("completed 4 DEADLINE_EXCEEDED");
      assertThat(engine.next()).isEqualTo("available");
    }
  }

  @Test
  void anEngineThatFindsTheRoomByItselfIsNotNotified() throws Exception {
    connected().close();
    Pump pump = new Pump(loops, node.address(), 3, 2);
    try (Wire wire = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 1)) {
      for (int i = 0; i < 3; i++) {
        wire.answerOk(wire.awaitRequest());
      }
      assertThat(pump.done().await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(pump.timesAvailable()).isZero();
    } finally {
      pump.close();
    }
  }

  @Test
  void callsThatNeverLeftAreUnprocessedWhenTheConnectionBreaks() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("sent");
      wire.awaitRequest();
      engine.onLoop(
          () -> {
            engine.deliverUnflushed(bytes("not sent"), EngineDouble.LONG);
            wire.frame(ScriptedNode.SETTINGS, 0, 1, new byte[0]); // Only allowed on stream 0.
            return null;
          });
      assertThat(engine.next()).startsWith("disconnected: ");
      assertThat(engine.next()).startsWith("completed 1 UNAVAILABLE: ");
      assertThat(engine.next()).isEqualTo("unprocessed 2");
    }
  }

  @Test
  void aNodeThatReadsNothingTakesNoMoreCallsUntilItReads() throws Exception {
    try (Wire wire = connected(INITIAL_WINDOW_SIZE, Integer.MAX_VALUE)) {
      wire.windowUpdate(0, 1 << 30);
      byte[] body = new byte[1 << 20];
      int calls = 0;
      while (engine.available()) {
        engine.deliver(body, EngineDouble.LONG);
        calls++;
        assertThat(calls).as("megabytes in flight").isLessThan(100);
      }
      assertThat(engine.heardNothingMore()).isTrue();
      while (engine.heardNothingMore()) {
        wire.next();
      }
      assertThat(engine.next()).isEqualTo("available");
    }
  }

  @Test
  void aMalformedAnswerEndsTheCallOnly() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("hello");
      int stream = wire.awaitRequest();
      wire.headers(stream, true, ":status", "200", "NAME-IN-CAPITALS", "x");
      assertThat(engine.next()).startsWith("completed 1 INTERNAL: ");
      assertThat(wire.await(RST_STREAM).stream()).isEqualTo(stream);
      assertThat(engine.available()).isTrue();
    }
  }

  @Test
  void closingCancelsTheCallsBeforeItReturns() throws Exception {
    try (Wire wire = connected()) {
      engine.deliver("one");
      engine.deliver("two");
      wire.awaitRequest();
      engine.onLoop(
          () -> {
            engine.connection().close();
            assertThat(engine.next()).startsWith("completed 1 CANCELLED");
            assertThat(engine.next()).startsWith("completed 2 CANCELLED");
            assertThat(engine.connection().available()).isFalse();
            engine.connection().close();
            return null;
          });
      wire.awaitClosed();
      assertThat(engine.heardNothingMore()).isTrue();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
