package io.pushfanout.management;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnswerWriterTest {
  /** Bytes of a response, several times the buffers of a socket that is not read. */
  private static final int SIZE = 2 << 20;

  private final Vertx vertx = Vertx.vertx();
  private final List<Socket> sockets = new ArrayList<>();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private AnswerWriter writer(long maxBytes, Duration patience) {
    return new AnswerWriter(vertx, maxBytes, patience);
  }

  /** Serves one response for each path, shared by all clients of the path. */
  private int serve(AnswerWriter writer) throws Exception {
    return vertx
        .createHttpServer(new HttpServerOptions().setSendBufferSize(64 << 10))
        .requestHandler(
            request -> {
              Answer answer =
                  answers.computeIfAbsent(
                      Objects.requireNonNull(request.path()),
                      path -> new Answer(200, "text/plain", Buffer.buffer(new byte[SIZE])));
              request.response().putHeader("Content-Length", String.valueOf(SIZE));
              writer.write(request, answer);
            })
        .listen(0, "127.0.0.1")
        .await(10, TimeUnit.SECONDS)
        .actualPort();
  }

  /** Reads the first byte of the response, and no more. */
  private Socket ask(int port, String path) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    sockets.add(socket);
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write("GET %s HTTP/1.1\r\nHost: x\r\n\r\n".formatted(path).getBytes(US_ASCII));
    assertThat(socket.getInputStream().read()).isEqualTo('H');
    return socket;
  }

  /** Returns whether the rest of the response arrives completely. */
  private static boolean readsAll(Socket socket) throws IOException {
    int all = 0;
    byte[] bytes = new byte[64 << 10];
    try {
      while (all < SIZE) {
        int read = socket.getInputStream().read(bytes);
        if (read < 0) {
          return false;
        }
        all += read;
      }
      return true;
    } catch (SocketException _) {
      return false; // The server closed the connection.
    }
  }

  @Test
  void clientsOfOneAnswerShareItAndEachHasLittleInItsQueue() throws Exception {
    AnswerWriter writer = writer(SIZE, AnswerWriter.PATIENCE);
    int port = serve(writer);
    ask(port, "/warm");
    long before = PlatformDependent.usedDirectMemory();
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      slow.add(ask(port, "/a"));
    }

    assertThat(writer.bytes()).as("/warm and /a").isEqualTo(2 * SIZE);
    assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(50 * (256 << 10));
    for (Socket each : slow) {
      assertThat(readsAll(each)).isTrue();
    }
    await().until(() -> writer.bytes() == SIZE);
  }

  @Test
  void tooManyUnreadResponsesCloseTheReadersOfTheOldest() throws Exception {
    AnswerWriter writer = writer(3 * SIZE, AnswerWriter.PATIENCE);
    int port = serve(writer);
    Socket oldest = ask(port, "/a");
    Socket likeIt = ask(port, "/a");
    Socket second = ask(port, "/b");
    Socket third = ask(port, "/c");
    assertThat(writer.bytes()).isEqualTo(3 * SIZE);

    Socket last = ask(port, "/d");

    assertThat(writer.bytes()).isEqualTo(3 * SIZE);
    assertThat(readsAll(oldest)).isFalse();
    assertThat(readsAll(likeIt)).isFalse();
    for (Socket each : List.of(second, third, last)) {
      assertThat(readsAll(each)).isTrue();
    }
    await().until(() -> writer.bytes() == 0);
  }

  @Test
  void theTwoNewestResponsesAreWrittenAtAnySize() throws Exception {
    int port = serve(writer(1, AnswerWriter.PATIENCE));
    Socket one = ask(port, "/a");
    Socket other = ask(port, "/b");

    assertThat(readsAll(one)).isTrue();
    assertThat(readsAll(other)).isTrue();
  }

  @Test
  void closesClientThatDoesNotReadInTime() throws Exception {
    AnswerWriter writer = writer(SIZE, Duration.ofMillis(200));
    Socket slow = ask(serve(writer), "/a");

    await().until(() -> writer.bytes() == 0);

    assertThat(readsAll(slow)).isFalse();
  }

  @Test
  void forgetsClientThatDisconnects() throws Exception {
    AnswerWriter writer = writer(SIZE, AnswerWriter.PATIENCE);
    ask(serve(writer), "/a").close();

    await().until(() -> writer.bytes() == 0);
  }
}
