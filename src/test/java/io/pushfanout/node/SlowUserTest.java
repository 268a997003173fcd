package io.pushfanout.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class SlowUserTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /**
   * Number of messages that exceeds the kernel's buffers of one connection plus the node's bound.
   */
  private static final int ENOUGH_MESSAGES = 400;

  private static final String BODY = "x".repeat(64 << 10);

  private final RoomRegistry rooms = new RoomRegistry(UserLimits.ofThisProcess());
  private UserServer server;

  @BeforeEach
  void start() throws IOException {
    server = UserServer.start(UserOptions.on("127.0.0.1", 0), rooms, List::of);
  }

  @AfterEach
  void stop() {
    server.close(SOON);
  }

  @Test
  void userThatDoesNotReadIsCutAndTheOthersGoOn() throws Exception {
    try (var frozen = new RawUser(server.port());
        var reading = user()) {
      int taken = 0;
      while (deliver(BODY) == 2) {
        assertThat(++taken).isLessThan(ENOUGH_MESSAGES);
        assertThat(reading.next(SOON).getString("body")).hasSize(BODY.length());
      }
      assertThat(frozen.readUntilClose().closeCode()).isEqualTo(1013);

      for (int i = 0; i < 20; i++) {
        assertThat(deliver(BODY)).isEqualTo(1);
        assertThat(reading.next(SOON).getString("body")).hasSize(BODY.length());
      }
    }
  }

  @Test
  void userThatNeverReadsAgainIsDisconnectedSoonAfter() throws Exception {
    try (var frozen = new RawUser(server.port())) {
      int taken = 0;
      while (deliver(BODY) == 1) {
        assertThat(++taken).isLessThan(ENOUGH_MESSAGES);
      }

      // A reset of later bytes shows that the node has closed the connection.
      await().atMost(WebSocketSession.CLOSE_GRACE.plusSeconds(5)).until(() -> isReset(frozen));
    }
  }

  @Test
  void userThatReadsAgainInTimeGetsItsMessagesAndTheReason() throws Exception {
    try (var late = new RawUser(server.port())) {
      int taken = 0;
      while (deliver(BODY) == 1) {
        taken++;
      }
      for (int i = 0; i < taken; i++) {
        assertThat(late.read().opcode()).isEqualTo(RawUser.TEXT);
      }
      assertThat(late.read().closeCode()).isEqualTo(1013);
    }
  }

  @Test
  void messageLargerThanTheBoundReachesAUserThatReads() throws Exception {
    try (var user = user()) {
      String large = "w".repeat(3 << 20);
      assertThat(deliver(large)).isEqualTo(1);
      assertThat(deliver("next")).isEqualTo(1);
      assertThat(user.next(SOON).getString("body")).hasSize(large.length());
      assertThat(user.next(SOON).getString("body")).isEqualTo("next");
    }
  }

  @Test
  void onlyTheLatestPingOfAUserThatDoesNotReadIsAnswered() throws Exception {
    int pings = 100_000;
    ByteArrayOutputStream burst = new ByteArrayOutputStream();
    for (int i = 1; i <= pings; i++) {
      burst.writeBytes(RawUser.frame(RawUser.PING, true, "%0125d".formatted(i).getBytes(UTF_8)));
    }
    try (var pinging = new RawUser(server.port())) {
      // More bytes than the kernel buffers while one end does not read.
      pinging.sendBytes(burst.toByteArray());

      int answers = 0;
      int latest = 0;
      while (latest < pings) {
        RawUser.Frame pong = pinging.read();
        assertThat(pong.opcode()).isEqualTo(RawUser.PONG);
        int answered = Integer.parseInt(pong.text());
        assertThat(answered).isGreaterThan(latest);
        latest = answered;
        answers++;
      }
      assertThat(answers).isLessThan(pings);
      pinging.sendText("{\"subscribe\":[\"news\"]}");
      assertThat(pinging.read().text()).isEqualTo("{\"subscribed\":[\"news\"]}");
    }
  }

  @Test
  void requestsOfAUserThatDoesNotReadWait() throws Exception {
    String[] many = new String[1000];
    Arrays.setAll(many, i -> "room-" + i + "-".repeat(50));
    ByteArrayOutputStream burst = new ByteArrayOutputStream();
    for (int i = 0; i < 200; i++) {
      burst.writeBytes(
          RawUser.frame(RawUser.TEXT, true, "{\"unsubscribe\":[\"none\"]}".getBytes(UTF_8)));
    }
    try (var asking = new RawUser(server.port());
        var reading = user()) {
      asking.sendText("{\"subscribe\":[\"" + String.join("\",\"", many) + "\"]}");
      asking.sendBytes(burst.toByteArray());

      assertThat(reading.subscribe("news")).containsExactly("news");
      for (int i = 0; i <= 200; i++) {
        assertThat(asking.read().text()).startsWith("{\"subscribed\":[\"room-0");
      }
    }
  }

  @Test
  void serverClosesInTimeAroundAUserThatDoesNotRead() throws Exception {
    UserServer closing =
        UserServer.start(
            UserOptions.on("127.0.0.1", 0), new RoomRegistry(UserLimits.ofThisProcess()), List::of);
    try (var frozen = new RawUser(closing.port())) {
      for (int i = 0; i < 10; i++) {
        deliver(closing, "x".repeat(1 << 20));
      }
      Duration timeout = Duration.ofSeconds(2);
      long start = System.nanoTime();
      closing.close(timeout);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(timeout.plusSeconds(2));
      await().atMost(SOON).until(() -> isReset(frozen));
    }
  }

  private static boolean isReset(RawUser user) throws IOException {
    try {
      user.send(RawUser.PING, true, new byte[1]);
      return false;
    } catch (SocketException _) {
      return true;
    }
  }

  private int deliver(String body) throws Exception {
    return deliver(server, body);
  }

  private static int deliver(UserServer server, String body) throws Exception {
    CompletableFuture<Integer> taken = new CompletableFuture<>();
    server.deliver("", server.texts().message("", NodeCaller.message("", body)), taken::complete);
    return taken.get(10, TimeUnit.SECONDS);
  }

  private WebSocketClient user() throws IOException {
    return WebSocketClient.connect(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), SOON);
  }
}
