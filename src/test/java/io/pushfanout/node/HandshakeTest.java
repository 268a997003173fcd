package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes and other requests by clients of several kinds, and the responses to them. */
@Execution(ExecutionMode.CONCURRENT)
class HandshakeTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final AllowedNames names =
      AllowedNames.NONE
          .withHost("push.example.com")
          .withHost("*.apps.example")
          .withOrigin("https://app.example.com")
          .withOrigin("null");
  private final RoomRegistry rooms = new RoomRegistry(UserLimits.ofThisProcess());
  private UserServer server;

  @BeforeEach
  void start() throws IOException {
    server = UserServer.start(UserOptions.on("127.0.0.1", 0).withNames(names), rooms, List::of);
  }

  @AfterEach
  void stop() {
    server.close(SOON);
  }

  @Test
  void aClientThatOffersSubprotocolsGetsTheFirst() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      WebSocket socket =
          http.newWebSocketBuilder()
              .subprotocols("json", "eyJhbGciOiJub25lIn0.e30.")
              .buildAsync(uri(), new WebSocket.Listener() {})
              .get(20, TimeUnit.SECONDS);
      assertThat(socket.getSubprotocol()).isEqualTo("json");
      socket.abort();
    }
  }

  @Test
  void aClientThatOffersNoneGetsNone() throws Exception {
    try (var user = new RawUser(server.port())) {
      assertThat(user.status).contains("101");
      assertThat(user.headers).noneMatch(line -> line.startsWith(Subprotocols.HEADER));
    }
  }

  @Test
  void severalHeadersAreOneOffer() throws Exception {
    try (var user =
        new RawUser(
            server.port(),
            "Sec-WebSocket-Protocol: ",
            "sec-websocket-protocol: Json",
            "Sec-WebSocket-Protocol: msgpack")) {
      assertThat(user.status).contains("101");
      assertThat(user.headers)
          .filteredOn(line -> line.regionMatches(true, 0, Subprotocols.HEADER, 0, 22))
          .containsExactly("Sec-WebSocket-Protocol: Json");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a, a", "json;q=1", "\u00e4"})
  void refusesAnInvalidOffer(String offer) throws Exception {
    try (var user = new RawUser(server.port(), "Sec-WebSocket-Protocol: " + offer)) {
      assertThat(user.status).contains("400");
      assertThat(user.body()).contains("Sec-WebSocket-Protocol");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "push.example.com, 101",
    "PUSH.example.com.:443, 101",
    "a.b.apps.example:8081, 101",
    "apps.example, 421",
    "push.example.com.evil.example, 421",
    "127.0.0.1.:80, 101",
    "localhost.:8081, 101",
    "[::1], 101",
    "[2001:db8::1]:8081, 101",
  })
  void listedNamesAreAnsweredToo(String host, int status) throws Exception {
    assertThat(statusFor("Host: " + host)).isEqualTo(status);
  }

  @Test
  void responseToARefusedHostNamesTheFlag() throws Exception {
    try (var request = handshake("Host: node.example")) {
      assertThat(request.status()).isEqualTo(421);
      assertThat(request.rest()).contains("--allow-host");
    }
  }

  @Test
  void twoHostsAreRefused() throws Exception {
    assertThat(statusFor("Host: localhost", "Host: evil.example")).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "https://app.example.com, 101",
    "https://APP.example.com:443, 101",
    "null, 101",
    "http://app.example.com, 403",
    "https://app.example.com:8443, 403",
    "file://, 403",
    "https://other.example, 403",
  })
  void listedOriginsMayWatch(String origin, int status) throws Exception {
    assertThat(statusFor("Host: push.example.com", "Origin: " + origin)).isEqualTo(status);
  }

  @Test
  void aListedHostIsNearToItsOwnPages() throws Exception {
    assertThat(statusFor("Host: push.example.com", "Origin: https://push.example.com."))
        .isEqualTo(101);
  }

  @Test
  void oneForeignOriginOfTwoIsForeign() throws Exception {
    assertThat(statusFor("Host: localhost", "Origin: null", "Origin: https://other.example"))
        .isEqualTo(403);
  }

  @Test
  void responseToARefusedPageNamesTheFlag() throws Exception {
    try (var request = handshake("Host: localhost", "Origin: https://other.example")) {
      assertThat(request.status()).isEqualTo(403);
      assertThat(request.rest()).contains("--allow-origin");
    }
  }

  @Test
  void aNodeWithoutAListAcceptsNeitherNullNorOtherNames() throws Exception {
    UserServer bare =
        UserServer.start(
            UserOptions.on("127.0.0.1", 0), new RoomRegistry(UserLimits.ofThisProcess()), List::of);
    try (var page = handshakeAt(bare.port(), "Host: localhost", "Origin: null");
        var name = handshakeAt(bare.port(), "Host: push.example.com")) {
      assertThat(page.status()).isEqualTo(403);
      assertThat(name.status()).isEqualTo(421);
    } finally {
      bare.close(SOON);
    }
  }

  @Test
  void aFullNodeRefusesNewcomersAndServesTheOthers() throws Exception {
    UserServer small =
        UserServer.start(
            UserOptions.on("127.0.0.1", 0),
            new RoomRegistry(UserLimits.ofThisProcess().withMaxSockets(2)),
            List::of);
    try (HttpClient http = HttpClient.newHttpClient();
        var first = new RawUser(small.port())) {
      try (var second = new RawUser(small.port());
          var third = new RawUser(small.port())) {
        assertThat(second.status).contains("101");
        assertThat(third.status).contains("503");
        assertThat(third.headers).contains("Retry-After: 5");
        assertThat(third.body()).startsWith("This node is full: it has 2 of 2 sockets");
        URI uri = URI.create("ws://127.0.0.1:" + small.port() + "/ws");
        assertThatThrownBy(
                () ->
                    http.newWebSocketBuilder()
                        .buildAsync(uri, new WebSocket.Listener() {})
                        .get(20, TimeUnit.SECONDS))
            .cause()
            .isInstanceOfSatisfying(
                WebSocketHandshakeException.class,
                refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(503));
        first.sendText("{\"subscribe\":[\"a\"]}");
        assertThat(first.read().text()).isEqualTo("{\"subscribed\":[\"a\"]}");
        second.send(RawUser.CLOSE, true, new byte[] {0x03, (byte) 0xe8});
        second.readUntilEnd();
      }
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                try (var next = new RawUser(small.port())) {
                  assertThat(next.status).contains("101");
                }
              });
    } finally {
      small.close(SOON);
    }
  }

  @Test
  void connectionsThatStayHalfWayGiveWayToNewcomers() throws Exception {
    UserLimits all = UserLimits.ofThisProcess();
    UserLimits few =
        new UserLimits(
            100, 3, all.roomBytes(), all.requestBytes(), all.textBytes(), all.maxMessageBytes());
    UserServer small =
        UserServer.start(UserOptions.on("127.0.0.1", 0), new RoomRegistry(few), List::of);
    try (var half = new RawRequest(small.port(), "GET / HTTP/1.1", "Host: localhost")) {
      List<RawUser> users = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        users.add(new RawUser(small.port()));
        assertThat(users.getLast().status).contains("101");
      }
      try (var a = new RawRequest(small.port(), "GET / HTTP/1.1");
          var b = new RawRequest(small.port(), "GET / HTTP/1.1");
          var c = new RawRequest(small.port(), "GET / HTTP/1.1")) {
        half.awaitEnd();
        a.send(new byte[0]);
        b.send(new byte[0]);
        c.send(new byte[0]);
      }
      for (RawUser user : users) {
        user.sendText("{\"subscribe\":[\"a\"]}");
        assertThat(user.read().text()).isEqualTo("{\"subscribed\":[\"a\"]}");
        user.close();
      }
    } finally {
      small.close(SOON);
    }
  }

  private URI uri() {
    return URI.create("ws://127.0.0.1:" + server.port() + "/ws");
  }

  private int statusFor(String... headers) throws IOException {
    try (var request = handshake(headers)) {
      return request.status();
    }
  }

  private RawRequest handshake(String... headers) throws IOException {
    return handshakeAt(server.port(), headers);
  }

  private static RawRequest handshakeAt(int port, String... headers) throws IOException {
    return new RawRequest(
        port,
        "GET /ws HTTP/1.1",
        String.join("\r\n", headers),
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "");
  }
}
