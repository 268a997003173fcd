package io.pushfanout.connect;

import static io.pushfanout.connect.ScriptedNode.DATA;
import static io.pushfanout.connect.ScriptedNode.HEADERS;
import static io.pushfanout.connect.ScriptedNode.INITIAL_WINDOW_SIZE;
import static io.pushfanout.connect.ScriptedNode.RST_STREAM;
import static io.pushfanout.connect.ScriptedNode.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.connect.ScriptedNode.Frame;
import io.pushfanout.connect.ScriptedNode.Wire;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The bytes that the node lets us send, and that we let the node send (RFC 9113, 5.2 and 6.9). */
class FlowControlTest {
  private static final int MAX_WINDOW = Integer.MAX_VALUE;
  private static final int DEFAULT_WINDOW = 65_535;

  @RegisterExtension final Stage stage = new Stage();

  private static int dataBytes(List<Frame> frames) {
    return frames.stream()
        .filter(frame -> frame.type() == DATA)
        .mapToInt(frame -> frame.payload().length())
        .sum();
  }

  private int deliver(Wire wire, int bytes) throws Exception {
    stage.engine().deliver(new byte[bytes], EngineDouble.LONG);
    return wire.await(HEADERS).stream();
  }

  @Test
  void aWindowOfZeroHoldsTheBodyUntilItOpens() throws Exception {
    try (Wire wire = stage.connected(INITIAL_WINDOW_SIZE, 0)) {
      int stream = deliver(wire, 20);
      assertThat(dataBytes(wire.settled())).isZero();
      wire.windowUpdate(stream, 7);
      assertThat(dataBytes(wire.settled())).isEqualTo(7);
      wire.settings(INITIAL_WINDOW_SIZE, 100);
      List<Frame> rest = wire.settled();
      assertThat(dataBytes(rest)).isEqualTo(18);
      assertThat(rest.getLast().type() == DATA ? rest.getLast() : rest.getFirst())
          .satisfies(frame -> assertThat(frame.endStream()).isTrue());
      wire.answerOk(stream);
      assertThat(stage.engine().next()).isEqualTo("completed 1 OK");
    }
  }

  @Test
  void aWindowMayFallBelowZero() throws Exception {
    try (Wire wire = stage.connected(INITIAL_WINDOW_SIZE, 100)) {
      int stream = deliver(wire, 200);
      assertThat(dataBytes(wire.settled())).isEqualTo(100);
      wire.settings(INITIAL_WINDOW_SIZE, 10);
      wire.windowUpdate(stream, 90);
      assertThat(dataBytes(wire.settled())).as("at 0").isZero();
      wire.windowUpdate(stream, 1);
      assertThat(dataBytes(wire.settled())).as("at 1").isEqualTo(1);
      wire.settings(INITIAL_WINDOW_SIZE, 1_000);
      assertThat(dataBytes(wire.settled())).as("wide open").isEqualTo(104);
      wire.answerOk(stream);
      assertThat(stage.engine().next()).isEqualTo("completed 1 OK");
    }
  }

  @Test
  void callsShareTheConnectionsWindow() throws Exception {
    try (Wire wire = stage.connected(INITIAL_WINDOW_SIZE, 1 << 20)) {
      for (int i = 0; i < 3; i++) {
        stage.engine().deliver(new byte[30_000 - 5], EngineDouble.LONG);
      }
      int sent = dataBytes(wire.settled());
      assertThat(sent).isEqualTo(DEFAULT_WINDOW);
      wire.windowUpdate(0, 10);
      assertThat(dataBytes(wire.settled())).isEqualTo(10);
      wire.windowUpdate(0, 1 << 20);
      assertThat(dataBytes(wire.settled())).isEqualTo(90_000 - sent - 10);
    }
  }

  @Test
  void aCallWithoutAWindowHoldsUpNoOther() throws Exception {
    try (Wire wire = stage.connected(INITIAL_WINDOW_SIZE, 10)) {
      int stuck = deliver(wire, 100);
      int open = deliver(wire, 100);
      wire.windowUpdate(open, 1_000);
      wire.settled();
      wire.answerOk(open);
      assertThat(stage.engine().next()).isEqualTo("completed 2 OK");
      wire.windowUpdate(stuck, 1_000);
      wire.settled();
      wire.answerOk(stuck);
      assertThat(stage.engine().next()).isEqualTo("completed 1 OK");
    }
  }

  @Test
  void unsentBytesOfACancelledCallCostOthersNoWindow() throws Exception {
    try (Wire wire = stage.connected(INITIAL_WINDOW_SIZE, 1 << 20)) {
      stage.engine().deliver(new byte[100_000], Duration.ofMillis(50));
      assertThat(stage.engine().next()).startsWith("completed 1 DEADLINE_EXCEEDED");
      int sent = dataBytes(wire.settled());
      assertThat(sent).isBetween(DEFAULT_WINDOW - 1024, DEFAULT_WINDOW);
      wire.windowUpdate(0, sent);
      stage.engine().deliver(new byte[DEFAULT_WINDOW - 5], EngineDouble.LONG);
      assertThat(dataBytes(wire.settled())).isEqualTo(DEFAULT_WINDOW);
    }
  }

  @Test
  void tooLargeAWindowOfACallEndsTheCall() throws Exception {
    try (Wire wire = stage.connected()) {
      int stream = deliver(wire, 10);
      wire.windowUpdate(stream, MAX_WINDOW);
      assertThat(stage.engine().next()).startsWith("completed 1 INTERNAL: ");
      Frame reset = wire.await(RST_STREAM);
      assertThat(reset.stream()).isEqualTo(stream);
      assertThat(reset.firstInt()).isEqualTo((int) Http2Error.FLOW_CONTROL_ERROR.code());
      stage.assertServes(wire, 2);
    }
  }

  @Test
  void tooLargeAWindowOfTheConnectionEndsIt() throws Exception {
    try (Wire wire = stage.connected()) {
      wire.windowUpdate(0, MAX_WINDOW);
      assertThat(stage.engine().next()).startsWith("disconnected: ");
      stage.assertServes(wire, 1);
    }
  }

  @Test
  void aSettingThatMakesAWindowTooLargeIsNotObeyed() throws Exception {
    try (Wire wire = stage.connected()) {
      int stream = deliver(wire, 10 - 5);
      wire.settled();
      wire.windowUpdate(stream, MAX_WINDOW - (DEFAULT_WINDOW - 10));
      wire.settings(INITIAL_WINDOW_SIZE, DEFAULT_WINDOW + 1);
      String said = stage.engine().next();
      if (said.startsWith("disconnected: ")) {
        said = stage.engine().next();
      }
      assertThat(said).startsWith("completed 1 ").doesNotContain(" OK");
      stage.assertServes(wire, 2);
    }
  }

  @Test
  void dataForEndedCallsIsGivenBackToTheConnectionsWindow() throws Exception {
    try (Wire wire = stage.connected()) {
      stage.engine().deliver(new byte[1], Duration.ofMillis(50));
      int ended = wire.awaitRequest();
      assertThat(stage.engine().next()).startsWith("completed 1 DEADLINE_EXCEEDED");
      int sent = 0;
      int given = 0;
      // Our window for the node is a megabyte at most.
      while (given == 0 && sent < 1 << 20) {
        wire.data(ended, false, 16_384);
        sent += 16_384;
        for (Frame frame : wire.settled()) {
          given += frame.type() == WINDOW_UPDATE && frame.stream() == 0 ? frame.firstInt() : 0;
        }
      }
      assertThat(given).isPositive();
      stage.assertServes(wire, 2);
    }
  }

  @Test
  void paddingCountsAgainstTheWindowsToo() throws Exception {
    try (Wire wire = stage.connected()) {
      int stream = deliver(wire, 1);
      wire.headers(stream, false, ":status", "200");
      byte[] almostAllPadding = new byte[1 + 1 + 255];
      almostAllPadding[0] = (byte) 255;
      int given = 0;
      for (int i = 0; i < 400; i++) {
        wire.frame(DATA, 8, stream, almostAllPadding);
      }
      for (Frame frame : wire.settled()) {
        given += frame.type() == WINDOW_UPDATE && frame.stream() == stream ? frame.firstInt() : 0;
      }
      assertThat(given).isGreaterThan(400 * 257 - DEFAULT_WINDOW);
      wire.headers(stream, true, "grpc-status", "0");
      assertThat(stage.engine().next()).isEqualTo("completed 1 OK");
    }
  }
}
