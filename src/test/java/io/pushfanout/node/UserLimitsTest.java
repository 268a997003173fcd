package io.pushfanout.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The shared limits of users, low enough for a test to reach. */
@Execution(ExecutionMode.CONCURRENT)
class UserLimitsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int ROOM_BYTES = 20_000;
  private static final int REQUEST_BYTES = 100_000;
  private static final int TEXT_BYTES = 4 << 20;

  private final RoomRegistry rooms =
      new RoomRegistry(new UserLimits(100, 50, ROOM_BYTES, REQUEST_BYTES, TEXT_BYTES, 1 << 20));
  private UserServer server;

  @BeforeEach
  void start() throws IOException {
    server = UserServer.start(UserOptions.on("127.0.0.1", 0), rooms, List::of);
  }

  @AfterEach
  void stop() {
    server.close(SOON);
    assertThat(rooms.roomBytes().used()).isZero();
    assertThat(rooms.requestBytes().used()).isZero();
    assertThat(rooms.texts().all()).isZero();
    assertThat(rooms.texts().waiting()).isZero();
  }

  @Test
  void boundsFollowTheHeap() {
    UserLimits small = UserLimits.of(62L << 20, 64L << 20);
    assertThat(small.maxSockets()).isBetween(450, 550);
    assertThat(small.maxMessageBytes()).isBetween(4 << 20, 6 << 20);
    assertThat(small.roomBytes() + small.requestBytes()).isLessThan(8L << 20);
    assertThat(3 * small.textBytes()).isLessThan(32L << 20);

    UserLimits large = UserLimits.of(8L << 30, 8L << 30);
    assertThat(large.maxSockets()).isGreaterThan(60_000);
    assertThat(large.maxMessageBytes()).isEqualTo(100 << 20);

    assertThat(UserLimits.of(8L << 30, 64L << 20).textBytes()).isEqualTo(8 << 20);
    assertThat(UserLimits.of(1 << 10, 1 << 10).maxSockets()).isEqualTo(1);
  }

  @Test
  void aSubscriptionWithoutRoomIsAnErrorAndChangesNothing() throws Exception {
    try (var many = user();
        var other = user()) {
      String[] most = new String[(int) (ROOM_BYTES / RoomRegistry.cost("room-00"))];
      for (int i = 0; i < most.length; i++) {
        most[i] = "room-%02d".formatted(i);
      }
      assertThat(many.subscribe(most)).hasSize(most.length);
      assertThat(other.ask("{\"subscribe\":[\"one more\"]}").getString("error"))
          .isEqualTo("This node has no room for more subscriptions now; nothing was changed.");
      assertThat(many.subscribe(most)).hasSize(most.length);
      assertThat(deliver("room-00", "still here")).isEqualTo(1);
      assertThat(many.next(SOON).getString("body")).isEqualTo("still here");

      many.ask("{\"unsubscribe\":[\"room-00\",\"room-01\"]}");
      assertThat(other.subscribe("one more")).containsExactly("one more");
    }
  }

  @Test
  void halfARequestOfManyTakesNoMoreThanItsShareAndTheLargestGoesFirst() throws Exception {
    List<RawUser> half = new ArrayList<>();
    try (var small = new RawUser(server.port())) {
      small.send(RawUser.TEXT, false, "{\"subscribe\":".getBytes(UTF_8));
      for (int i = 0; i < 10; i++) {
        RawUser user = new RawUser(server.port());
        half.add(user);
        user.send(RawUser.TEXT, false, new byte[10_000]);
        // Each user sends an incomplete frame.
        byte[] frame = RawUser.frame(RawUser.CONTINUATION, false, new byte[20_000]);
        user.sendBytes(Arrays.copyOf(frame, 10_000));
      }
      await().atMost(SOON).untilAsserted(() -> assertThat(rooms.size()).isBetween(2, 6));
      small.send(RawUser.CONTINUATION, true, "[\"a\"]}".getBytes(UTF_8));
      assertThat(small.read().text()).isEqualTo("{\"subscribed\":[\"a\"]}");
    } finally {
      for (RawUser user : half) {
        user.close();
      }
    }
    await().atMost(SOON).untilAsserted(() -> assertThat(rooms.size()).isZero());
  }

  @Test
  void tinyFramesCountWithTheirObjects() throws Exception {
    byte[] tiny = RawUser.frame(RawUser.CONTINUATION, false, new byte[0]);
    byte[] burst = new byte[tiny.length * 2_000];
    for (int i = 0; i < burst.length; i++) {
      burst[i] = tiny[i % tiny.length];
    }
    List<RawUser> users = new ArrayList<>();
    try (var reading = user()) {
      for (int i = 0; i < 20; i++) {
        RawUser user = new RawUser(server.port());
        users.add(user);
        user.send(RawUser.TEXT, false, new byte[0]);
        user.sendBytes(burst);
      }
      assertThat(reading.subscribe("a")).containsExactly("a");
    } finally {
      for (RawUser user : users) {
        user.close();
      }
    }
    await().atMost(SOON).untilAsserted(() -> assertThat(rooms.size()).isZero());
  }

  @Test
  void messagesForManySlowReadersStayInTheirBoundAndOtherUsersGetAll() throws Exception {
    List<RawUser> frozen = new ArrayList<>();
    String body = "x".repeat(100 << 10);
    try (var reading = user();
        var late = new RawUser(server.port())) {
      reading.subscribe("all");
      late.sendText("{\"subscribe\":[\"late\"]}");
      late.read();
      deliver("late", "waits");
      for (int i = 0; i < 40; i++) {
        RawUser user = new RawUser(server.port());
        frozen.add(user);
        user.sendText("{\"subscribe\":[\"room-" + i + "\"]}");
        user.read();
      }
      // Each user stays below its own bound for long, but all together are far above theirs.
      int users = rooms.size();
      for (int round = 0; rooms.size() == users; round++) {
        assertThat(round).isLessThan(100);
        for (int i = 0; i < 40; i++) {
          deliver("room-" + i, body);
          assertThat(server.texts().waiting()).isLessThan(TEXT_BYTES + (1 << 20));
        }
        assertThat(deliver("all", body)).isEqualTo(1);
        assertThat(reading.next(SOON).getString("body")).hasSize(body.length());
      }
      late.sendText("{\"subscribe\":[\"all\"]}");
      assertThat(late.read().text()).contains("waits");
      assertThat(late.read().text()).startsWith("{\"subscribed\":");
      assertThat(deliver("all", "to both")).isEqualTo(2);
      assertThat(late.read().text()).contains("to both");
      assertThat(reading.next(SOON).getString("body")).isEqualTo("to both");
    } finally {
      for (RawUser user : frozen) {
        user.close();
      }
    }
    await().atMost(SOON).untilAsserted(() -> assertThat(rooms.size()).isZero());
  }

  @Test
  void aMessageThatDoesNotFitIsNotMade() {
    String large = "x".repeat(TEXT_BYTES);
    assertThatThrownBy(() -> server.texts().message("", NodeCaller.message("", large)))
        .isInstanceOf(TextMemory.NoRoom.class)
        .hasMessageContaining("bytes as JSON");
    // The JSON has six bytes for each character.
    String escaped = "\u0001".repeat(TEXT_BYTES / 5);
    assertThatThrownBy(() -> server.texts().message("", NodeCaller.message("", escaped)))
        .isInstanceOf(TextMemory.NoRoom.class);
  }

  @Test
  void messagesThatAreMadeAndNotHandedOutAreBounded() throws Exception {
    String body = "x".repeat(TEXT_BYTES - 1_000);
    List<SharedText> made = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      made.add(server.texts().message("", NodeCaller.message("", body)));
    }
    assertThatThrownBy(() -> server.texts().message("", NodeCaller.message("", body)))
        .isInstanceOf(TextMemory.NoRoom.class)
        .hasMessageContaining("now");
    made.forEach(SharedText::release);
    server.texts().message("", NodeCaller.message("", body)).release();
  }

  private int deliver(String room, String body) throws Exception {
    CompletableFuture<Integer> taken = new CompletableFuture<>();
    server.deliver(
        room, server.texts().message(room, NodeCaller.message(room, body)), taken::complete);
    return taken.get(20, TimeUnit.SECONDS);
  }

  private WebSocketClient user() throws IOException {
    return WebSocketClient.connect(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), SOON);
  }
}
