package io.pushfanout.connect;

import static io.pushfanout.connect.ScriptedNode.HEADERS;
import static io.pushfanout.connect.ScriptedNode.MAX_CONCURRENT_STREAMS;
import static io.pushfanout.connect.ScriptedNode.PING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.connect.ScriptedNode.Wire;
import io.pushfanout.model.NodeAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The begin, the replacement and the end of a connection, with nodes that behave in any way. */
@Execution(ExecutionMode.CONCURRENT)
class ConnectionLifeTest {
  private static final KeepAlivePolicy.Config QUICK_PINGS =
      new KeepAlivePolicy.Config(
          Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMinutes(5));

  private static EventLoops loops;

  private ScriptedNode node;
  private final List<EngineDouble> engines = new ArrayList<>();

  @BeforeAll
  static void startLoops() {
    loops = new EventLoops(1);
  }

  @AfterAll
  static void stopLoops() {
    loops.close();
  }

  @BeforeEach
  void listen() throws Exception {
    node = new ScriptedNode();
  }

  @AfterEach
  void close() throws Exception {
    for (EngineDouble engine : engines) {
      engine.close();
    }
    node.close();
  }

  private EngineDouble open(NettyConnector.Options options) throws Exception {
    return open(node.address(), options);
  }

  private EngineDouble open(NodeAddress address, NettyConnector.Options options) throws Exception {
    EngineDouble engine = new EngineDouble(loops, address, options);
    engines.add(engine);
    return engine;
  }

  private static NettyConnector.Options connectWithin(Duration timeout) {
    return new NettyConnector.Options(timeout, KeepAlivePolicy.Config.DEFAULT, 1_000, true);
  }

  @Test
  void aConnectionBeginsWithTheNodesSettings() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    try (Wire wire = node.accept()) {
      assertThat(engine.available()).isFalse();
      wire.settings(MAX_CONCURRENT_STREAMS, 0);
      assertThat(engine.available()).isFalse();
      assertThat(engine.heardNothingMore()).isTrue();
      wire.settings(MAX_CONCURRENT_STREAMS, 100);
      assertThat(engine.next()).isEqualTo("connected 100");
      assertThat(engine.available()).isTrue();
    }
  }

  @Test
  void aNodeWithoutALimitTakesAnyNumberOfCalls() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    try (Wire wire = node.acceptWithSettings()) {
      assertThat(engine.next()).isEqualTo("connected " + Integer.MAX_VALUE);
      wire.settings();
    }
  }

  @Test
  void aSilentNodeIsNotConnectedAndDialledAgain() throws Exception {
    // Long enough for the second dial, which has to be accepted in time, on a busy machine.
    EngineDouble engine = open(connectWithin(Duration.ofSeconds(2)));
    try (Wire silent = node.accept()) {
      assertThat(engine.next()).isEqualTo("disconnected: no connection within 2000 ms");
      silent.awaitClosed();
    }
    try (Wire _ = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
    }
  }

  @Test
  void aServerOfAnotherProtocolIsOneClearReason() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    try (Wire wire = node.accept()) {
      wire.raw("SSH-2.0-OpenSSH_9.9\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(engine.next()).isEqualTo("disconnected: its first frame is not SETTINGS");
      wire.awaitClosed();
    }
    try (Wire _ = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
    }
  }

  @Test
  void aClosedPortIsDialledUntilItIsOpen() throws Exception {
    NodeAddress address = node.address();
    node.close();
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    String refused = "disconnected: Connection refused: /127.0.0.1:" + address.port();
    assertThat(engine.next()).isEqualTo(refused);
    assertThat(engine.next()).isEqualTo(refused);
    node = new ScriptedNode(address.port());
    engine.reconnectNow();
    try (Wire _ = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      String event = engine.next();
      while (event.equals(refused)) {
        event = engine.next();
      }
      assertThat(event).isEqualTo("connected 5");
    }
  }

  @Test
  void aClosedConnectionIsNeverDialledAgain() throws Exception {
    EngineDouble closed = open(NettyConnector.Options.DEFAULT);
    node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5).close();
    assertThat(closed.next()).isEqualTo("connected 5");
    assertThat(closed.next()).startsWith("disconnected: ");
    closed.close();
    closed.reconnectNow();
    EngineDouble other = open(NettyConnector.Options.DEFAULT);
    try (Wire _ = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 6)) {
      assertThat(other.next()).isEqualTo("connected 6");
      assertThat(closed.heardNothingMore()).isTrue();
    }
  }

  @Test
  void anUnknownHostIsOneClearReason() throws Exception {
    EngineDouble engine =
        open(NodeAddress.parse("no-such.invalid:1"), NettyConnector.Options.DEFAULT);
    assertThat(engine.next()).isEqualTo("disconnected: unknown host no-such.invalid");
  }

  @Test
  void aHostNameIsLookedUp() throws Exception {
    EngineDouble engine =
        open(new NodeAddress("localhost", node.address().port()), NettyConnector.Options.DEFAULT);
    try (Wire _ = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      String event = engine.next();
      while (event.contains("Connection refused")) {
        event = engine.next();
      }
      assertThat(event).isEqualTo("connected 5");
    }
  }

  @Test
  void aBrokenConnectionFailsItsCallsAndIsReplaced() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    try (Wire wire = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
      engine.deliver("one");
      wire.awaitRequest();
    }
    assertThat(engine.next()).startsWith("disconnected: ");
    assertThat(engine.next()).startsWith("completed 1 UNAVAILABLE: ");
    try (Wire wire = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 6)) {
      assertThat(engine.next()).isEqualTo("connected 6");
      engine.deliver("two");
      wire.answerOk(wire.awaitRequest());
      assertThat(engine.next()).isEqualTo("completed 2 OK");
    }
  }

  @Test
  void callsAboveTheLastThatANodeTookAreUnprocessedAndTheOthersGoOn() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    try (Wire old = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
      engine.deliver("one");
      engine.deliver("two");
      int one = old.awaitRequest();
      old.awaitRequest();
      old.goAway(one, Http2Error.NO_ERROR, "");
      assertThat(engine.next())
          .isEqualTo("replaced: the node requests a new connection in place of this one");
      assertThat(engine.next()).isEqualTo("unprocessed 2");
      try (Wire next = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 6)) {
        assertThat(engine.next()).isEqualTo("connected 6");
        engine.deliver("three");
        next.answerOk(next.awaitRequest());
        assertThat(engine.next()).isEqualTo("completed 3 OK");
        old.answerOk(one);
        assertThat(engine.next()).isEqualTo("completed 1 OK");
        old.awaitClosed();
      }
    }
  }

  @Test
  void aGoAwayInTwoStepsLosesNothing() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    try (Wire old = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
      engine.deliver("one");
      engine.deliver("two");
      int one = old.awaitRequest();
      int two = old.awaitRequest();
      old.goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR, "");
      old.answerOk(one);
      assertThat(engine.next()).startsWith("replaced: ");
      assertThat(engine.next()).isEqualTo("completed 1 OK");
      assertThat(engine.available()).isFalse();
      old.goAway(two, Http2Error.NO_ERROR, "");
      old.answerOk(two);
      assertThat(engine.next()).isEqualTo("completed 2 OK");
      old.awaitClosed();
    }
  }

  @Test
  void limitsThatAreMetBeforeTheFirstAnswerAreNoLoss() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    List<Wire> old = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        Wire wire = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5);
        old.add(wire);
        assertThat(engine.next()).isEqualTo("connected 5");
        engine.deliver("one");
        wire.goAway(wire.awaitRequest(), Http2Error.NO_ERROR, "");
        assertThat(engine.next()).startsWith("replaced: ");
      }
      old.getFirst().answerOk(1);
      assertThat(engine.next()).isEqualTo("completed 1 OK");
    } finally {
      for (Wire wire : old) {
        wire.close();
      }
    }
  }

  @Test
  void theEndOfACallOfAReplacedConnectionMakesNoRoom() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    try (Wire old = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 1)) {
      assertThat(engine.next()).isEqualTo("connected 1");
      engine.deliver("one");
      int one = old.awaitRequest();
      old.goAway(one, Http2Error.NO_ERROR, "");
      assertThat(engine.next()).startsWith("replaced: ");
      try (Wire next = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 1)) {
        assertThat(engine.next()).isEqualTo("connected 1");
        engine.deliver("two");
        assertThat(engine.available()).isFalse();
        old.answerOk(one);
        assertThat(engine.next()).isEqualTo("completed 1 OK");
        next.answerOk(next.awaitRequest());
        assertThat(engine.next()).isEqualTo("completed 2 OK");
        assertThat(engine.next()).isEqualTo("available");
      }
    }
  }

  @Test
  void aGoAwaysReasonIsPassedOn() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    try (Wire wire = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
      engine.deliver("one");
      int one = wire.awaitRequest();
      wire.goAway(one, Http2Error.ENHANCE_YOUR_CALM, "too_many_pings\u001b[2J");
    }
    assertThat(engine.next())
        .isEqualTo(
            "disconnected: the node is going away: ENHANCE_YOUR_CALM too_many_pings\\u001b[2J");
    assertThat(engine.next()).startsWith("completed 1 UNAVAILABLE: ").contains("too_many_pings");
  }

  @Test
  void aGoAwayWithoutAnErrorDoesNotSoundLikeOne() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    try (Wire wire = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
      wire.goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR, "max_age");
      assertThat(engine.next())
          .isEqualTo("replaced: the node requests a new connection in place of this one: max_age");
    }
  }

  @Test
  void usedUpStreamIdsMeanANewConnection() throws Exception {
    EngineDouble engine =
        open(
            new NettyConnector.Options(
                Duration.ofSeconds(10), KeepAlivePolicy.Config.DEFAULT, 2, true));
    try (Wire old = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
      engine.onLoop(
          () -> {
            engine.deliverUnflushed(new byte[1], EngineDouble.LONG);
            engine.deliverUnflushed(new byte[1], EngineDouble.LONG);
            assertThat(engine.connection().available()).isFalse();
            return null;
          });
      assertThat(engine.next()).isEqualTo("replaced: stream ids are used up");
      try (Wire next = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
        assertThat(engine.next()).isEqualTo("connected 5");
        int one = old.await(HEADERS).stream();
        int two = old.await(HEADERS).stream();
        old.answerOk(one);
        assertThat(engine.next()).isEqualTo("completed 1 OK");
        old.answerOk(two);
        assertThat(engine.next()).isEqualTo("completed 2 OK");
        old.awaitClosed();
        engine.deliver("three");
        assertThat(next.await(HEADERS).stream()).isPositive();
      }
    }
  }

  @Test
  void aFrozenNodeIsPingedThenDisconnected() throws Exception {
    EngineDouble engine =
        open(new NettyConnector.Options(Duration.ofSeconds(10), QUICK_PINGS, 1_000, true));
    try (Wire frozen = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
      engine.deliver("one");
      frozen.await(PING);
      assertThat(engine.next()).isEqualTo("disconnected: no sign of life within 100 ms of a PING");
      assertThat(engine.next()).startsWith("completed 1 UNAVAILABLE: no sign of life");
      frozen.awaitClosed();
    }
    try (Wire _ = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
    }
  }

  @Test
  void aNodeThatFloodsWithPingsAndReadsNoAnswersIsDisconnected() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    try (Wire wire = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
      byte[] pings = new byte[17 * 1000];
      for (int i = 0; i < pings.length; i += 17) {
        pings[i + 2] = 8;
        pings[i + 3] = PING;
      }
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  wire.raw(pings);
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(engine.next())
          .isEqualTo("disconnected: it sends pings or settings and does not read the replies");
    }
  }

  @Test
  void aStreamThatTheNodeOpensEndsTheConnection() throws Exception {
    EngineDouble engine = open(NettyConnector.Options.DEFAULT);
    try (Wire wire = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
      wire.headers(2, true, ":status", "200");
      assertThat(engine.next())
          .isEqualTo("disconnected: a frame for stream 2, which was never opened");
      wire.awaitClosed();
    }
  }
}
