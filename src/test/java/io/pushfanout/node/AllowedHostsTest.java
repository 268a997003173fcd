package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
  private final ReferenceNode node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0));

  @BeforeEach
  void start() throws Exception {
    node.start();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/nodes", "/other", "/ws"})
  void aSiteThatPointsItsNameHereIsMisdirectedOnEveryPath(String path) throws Exception {
    assertThat(status(path, "evil.example:" + node.httpPort(), "http://evil.example"))
        .isEqualTo(421);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 101",
    "LOCALHOST:1, 101",
    "127.0.0.1:8081, 101",
    "10.1.2.3, 101",
    "[::1]:8081, 101",
    "localhost.evil.example, 421",
    "127.0.0.1.evil.example, 421",
    "evil.example:x, 421",
  })
  void numbersAndLocalhostAreOurs(String host, int status) throws Exception {
    assertThat(status("/ws", host, "http://localhost")).isEqualTo(status);
  }

  @Test
  void theNameToListenOnIsOurs() throws Exception {
    WatchPage page = new WatchPage(AllowedNames.NONE.hosts("push.example"), List::of);
    Vertx vertx = Vertx.vertx();
    try {
      int port =
          vertx
              .createHttpServer()
              .requestHandler(page)
              .listen(0, "127.0.0.1")
              .await(10, TimeUnit.SECONDS)
              .actualPort();
      try (var own = new RawRequest(port, "GET / HTTP/1.1", "Host: Push.Example", "");
          var other = new RawRequest(port, "GET / HTTP/1.1", "Host: evil.example", "")) {
        assertThat(own.status()).isEqualTo(200);
        assertThat(other.status()).isEqualTo(421);
      }
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private int status(String path, String host, String origin) throws Exception {
    try (var request =
        new RawRequest(
            node.httpPort(),
            "GET " + path + " HTTP/1.1",
            "Host: " + host,
            "Origin: " + origin,
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "")) {
      return request.status();
    }
  }
}
