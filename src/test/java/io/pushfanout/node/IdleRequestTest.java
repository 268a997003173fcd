package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
class IdleRequestTest {
  private static final Duration IDLE = Duration.ofMillis(300);
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void halfARequestIsCutAndASilentWebSocketIsNot() throws Exception {
    UserServer server =
        UserServer.start(
            UserOptions.on("127.0.0.1", 0).withIdle(IDLE),
            new RoomRegistry(UserLimits.ofThisProcess()),
            List::of);
    try (var user =
            WebSocketClient.connect(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), SOON);
        var half = new RawRequest(server.port(), "GET / HTTP/1.1", "Host: localhost")) {
      half.awaitEnd();
      // The second connection has been silent for the same time after the end of the first.
      try (var later = new RawRequest(server.port(), "GET /")) {
        later.awaitEnd();
      }
      assertThat(user.subscribe("still here")).containsExactly("still here");
    } finally {
      server.close(SOON);
    }
  }
}
