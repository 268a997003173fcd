package io.pushfanout.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class WebSocketSessionTest {
  private static final Duration SOON = Duration.ofSeconds(60);

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
  void answerNamesAllRoomsOfTheSocket() throws Exception {
    try (var user = user()) {
      assertThat(user.subscribe("a", "b")).containsExactly("a", "b");
      assertThat(user.subscribe("c", "a")).containsExactly("a", "b", "c");
      assertThat(user.ask("{\"unsubscribe\":[\"b\",\"unknown\"]}"))
          .isEqualTo(new JsonObject().put("subscribed", new JsonArray().add("a").add("c")));
    }
  }

  @Test
  void roomsWithoutSubscribersLeaveNoTrace() throws Exception {
    try (var ann = user()) {
      try (var bob = user()) {
        ann.subscribe("a", "b");
        bob.subscribe("b", "c");
        ann.ask("{\"unsubscribe\":[\"a\"]}");
        await().untilAsserted(() -> assertThat(rooms.roomCount()).isEqualTo(2));
      }
      await().untilAsserted(() -> assertThat(rooms.roomCount()).isEqualTo(1));
      await().untilAsserted(() -> assertThat(rooms.size()).isEqualTo(1));
    }
    await().untilAsserted(() -> assertThat(rooms.roomCount()).isZero());
    await().untilAsserted(() -> assertThat(rooms.size()).isZero());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "null",
        "[]",
        "42",
        "{}",
        "{\"subscribe\":[\"a\"]",
        "{\"subscribe\":[\"a\"]} {}",
        "{\"subscribe\":\"a\"}",
        "{\"subscribe\":null}",
        "{\"subscribe\":[1]}",
        "{\"subscribe\":[null]}",
        "{\"subscribe\":[[\"a\"]]}",
        "{\"subscribe\":[\"\"]}",
        "{\"subscribe\":[\"half a pair: \\ud800\"]}",
        "{\"unsubscribe\":{}}",
        "{\"publish\":[\"a\"]}",
        "{\"subscribe\":[\"a\"],\"unsubscribe\":[\"b\"]}",
        "{\"subscribe\":[\"a\"],\"other\":1}",
      })
  void invalidRequestIsAnsweredWithOneSentence(String text) throws Exception {
    try (var user = user()) {
      JsonObject answer = user.ask(text);

      assertThat(answer.fieldNames()).containsExactly("error");
      assertThat(answer.getString("error")).endsWith(".").doesNotContain("\n", "Exception");
      assertThat(user.subscribe("still works")).containsExactly("still works");
    }
  }

  @Test
  void deepNestingIsAnsweredToo() throws Exception {
    try (var user = user()) {
      assertThat(user.ask("{\"subscribe\":" + "[".repeat(30_000)).getString("error")).isNotNull();
    }
  }

  @Test
  void roomNameHasALimit() throws Exception {
    try (var user = user()) {
      String longest = "r".repeat(256);
      assertThat(user.subscribe(longest)).containsExactly(longest);
      assertThat(user.ask("{\"subscribe\":[\"" + longest + "r\"]}").getString("error"))
          .isEqualTo("A room must have 1 to 256 characters.");
    }
  }

  @Test
  void roomsOfASocketHaveALimitAndARefusedRequestChangesNothing() throws Exception {
    String[] most = IntStream.range(0, 999).mapToObj(i -> "room-" + i).toArray(String[]::new);
    try (var user = user()) {
      user.subscribe(most);
      assertThat(user.ask("{\"subscribe\":[\"x\",\"y\"]}").getString("error"))
          .isEqualTo("A socket subscribes to at most 1000 rooms; nothing was changed.");
      assertThat(user.subscribe("x")).hasSize(1000).contains("x").doesNotContain("y");
    }
  }

  @Test
  void requestMayComeInFragments() throws Exception {
    try (var user = new RawUser(server.port())) {
      user.send(RawUser.TEXT, false, "{\"subscribe\":[\"n".getBytes(UTF_8));
      user.send(RawUser.PING, true, "still there?".getBytes(UTF_8));
      user.send(RawUser.CONTINUATION, false, new byte[0]);
      user.send(RawUser.CONTINUATION, true, "ews\"]}".getBytes(UTF_8));

      assertThat(user.read().text()).isEqualTo("still there?");
      assertThat(user.read().text()).isEqualTo("{\"subscribed\":[\"news\"]}");
    }
  }

  @Test
  void requestOverTheLimitClosesTheSocket() throws Exception {
    try (var inOne = new RawUser(server.port());
        var inParts = new RawUser(server.port())) {
      inOne.send(RawUser.TEXT, true, new byte[(64 << 10) + 1]);
      assertThat(inOne.readUntilClose().closeCode()).isEqualTo(1009);

      inParts.send(RawUser.TEXT, false, new byte[40 << 10]);
      inParts.send(RawUser.CONTINUATION, true, new byte[40 << 10]);
      assertThat(inParts.readUntilClose().closeCode()).isEqualTo(1009);
    }
  }

  @Test
  void binaryFrameClosesTheSocket() throws Exception {
    try (var user = new RawUser(server.port())) {
      user.send(RawUser.BINARY, true, new byte[] {1});
      assertThat(user.readUntilClose().closeCode()).isEqualTo(1003);
    }
  }

  @Test
  void textThatIsNotUtf8ClosesTheSocket() throws Exception {
    try (var user = new RawUser(server.port())) {
      user.send(RawUser.TEXT, true, new byte[] {'"', (byte) 0xc3, '"'});
      assertThat(user.readUntilClose().closeCode()).isEqualTo(1007);
    }
  }

  @Test
  void brokenFrameClosesTheSocketForSure() throws Exception {
    try (var user = new RawUser(server.port())) {
      user.send(0x73, true, new byte[0]);
      assertThat(user.readUntilClose().closeCode()).isEqualTo(1002);
      user.readUntilEnd();
    }
    await().untilAsserted(() -> assertThat(rooms.size()).isZero());
  }

  @Test
  void closingHandshakeIsAnswered() throws Exception {
    try (var user = new RawUser(server.port())) {
      user.send(RawUser.CLOSE, true, new byte[] {0x03, (byte) 0xe8});
      assertThat(user.readUntilClose().closeCode()).isEqualTo(1000);
      user.readUntilEnd();
    }
  }

  @Test
  void requestsAreAnsweredOneByOneInOrder() throws Exception {
    ByteArrayOutputStream burst = new ByteArrayOutputStream();
    for (int i = 0; i < 500; i++) {
      String request = "{\"subscribe\":[\"room-%03d\"]}".formatted(i);
      burst.writeBytes(RawUser.frame(RawUser.TEXT, true, request.getBytes(UTF_8)));
    }
    try (var user = new RawUser(server.port())) {
      user.sendBytes(burst.toByteArray());
      for (int i = 0; i < 500; i++) {
        JsonArray subscribed = new JsonObject(user.read().text()).getJsonArray("subscribed");
        assertThat(subscribed).hasSize(i + 1);
      }
    }
  }

  @Test
  void pageOfAnotherSiteMayNotWatch() throws Exception {
    String[] refused = {"https://evil.example", "null", "http://127.0.0.1.evil.example", "\u00e4:"};
    for (String origin : refused) {
      try (var user = new RawUser(server.port(), "Origin: " + origin)) {
        assertThat(user.status).as(origin).contains("403");
      }
    }
    try (var user = new RawUser(server.port(), "Origin: http://localhost:3000")) {
      assertThat(user.status).contains("101");
    }
  }

  private WebSocketClient user() throws IOException {
    return WebSocketClient.connect(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), SOON);
  }
}
