package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Pings over real sockets, with a clock that the test controls. */
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
class PingTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration INTERVAL = Duration.ofMillis(250);

  private final AtomicLong now = new AtomicLong(-5);
  private final RoomRegistry rooms = new RoomRegistry(UserLimits.ofThisProcess());
  private UserServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        UserServer.start(
            UserOptions.on("127.0.0.1", 0).withPings(INTERVAL, now::get), rooms, List::of);
  }

  @AfterEach
  void stop() {
    server.close(SOON);
  }

  @Test
  void aUserThatAnswersNothingIsPingedTwiceAndCut() throws Exception {
    try (var gone = new RawUser(server.port())) {
      awaitJoined(1);
      pass();
      assertThat(gone.read().opcode()).isEqualTo(RawUser.PING);
      pass();
      assertThat(gone.read().opcode()).isEqualTo(RawUser.PING);
      pass();
      RawUser.Frame close = gone.read();
      assertThat(close.opcode()).isEqualTo(RawUser.CLOSE);
      assertThat(close.closeCode()).isEqualTo(1011);
      await().atMost(SOON).untilAsserted(() -> assertThat(rooms.size()).isZero());
    }
  }

  @Test
  void aUserThatAnswersEachSecondPingStays() throws Exception {
    try (var user = new RawUser(server.port())) {
      awaitJoined(1);
      for (int i = 0; i < 10; i++) {
        pass();
        RawUser.Frame ping = user.read();
        assertThat(ping.opcode()).isEqualTo(RawUser.PING);
        if (i % 2 == 1) {
          // A response to the second frame shows that the node has read the first.
          user.send(RawUser.PONG, true, ping.payload().toByteArray());
          user.send(RawUser.PING, true, new byte[0]);
          assertThat(user.read().opcode()).isEqualTo(RawUser.PONG);
        }
      }
      user.sendText("{\"subscribe\":[\"a\"]}");
      assertThat(user.read().text()).isEqualTo("{\"subscribed\":[\"a\"]}");
    }
  }

  @Test
  void aLibraryAnswersByItself() throws Exception {
    try (var user =
            WebSocketClient.connect(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), SOON);
        var witness = new RawUser(server.port())) {
      awaitJoined(2);
      for (int i = 0; i < 8; i++) {
        pass();
        assertThat(witness.read().opcode()).isEqualTo(RawUser.PING);
        // Only a response to a later frame orders the user's pong before the node's check.
        assertThat(user.subscribe("a")).containsExactly("a");
        witness.send(RawUser.PING, true, new byte[0]);
        assertThat(witness.read().opcode()).isEqualTo(RawUser.PONG);
      }
      assertThat(rooms.size()).isEqualTo(2);
    }
  }

  @Test
  void requestsGoOnAfterPingsOfTheNode() throws Exception {
    try (var user = new RawUser(server.port())) {
      awaitJoined(1);
      pass();
      RawUser.Frame ping = user.read();
      for (int i = 0; i < 5; i++) {
        user.send(RawUser.PONG, true, ping.payload().toByteArray());
      }
      user.sendText("{\"subscribe\":[\"a\"]}");
      user.sendText("{\"subscribe\":[\"b\"]}");
      assertThat(user.read().text()).isEqualTo("{\"subscribed\":[\"a\"]}");
      assertThat(user.read().text()).isEqualTo("{\"subscribed\":[\"a\",\"b\"]}");
    }
  }

  /**
   * Waits until the users have joined, a moment after their handshakes: only then their time
   * begins.
   */
  private void awaitJoined(int users) {
    await().atMost(SOON).until(() -> rooms.size() == users);
  }

  private void pass() {
    now.addAndGet(INTERVAL.toNanos());
  }
}
