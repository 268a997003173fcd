package io.pushfanout.management;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpConnectionsTest {
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

  /** Bytes of a response, many times the system's socket buffers. */
  private static final int LARGE = 64 << 20;

  private final Vertx vertx = Vertx.vertx();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private int serve(int max, Duration patience) throws Exception {
    return serve(max, max, patience);
  }

  private int serve(int max, int ofOnePeerMax, Duration patience) throws Exception {
    HttpConnections connections = new HttpConnections(vertx, max, ofOnePeerMax, patience);
    HttpServer server =
        vertx
            .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
            .connectionHandler(connections::opened)
            .requestHandler(
                request -> {
                  connections.onRequest(request.connection());
                  switch (String.valueOf(request.path())) {
                    case "/held" -> {}
                    case "/large" -> request.response().end(Buffer.buffer(new byte[LARGE]));
                    default -> request.response().end("hello");
                  }
                });
    return server
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS)
        .actualPort();
  }

  private Socket connect(int port) throws IOException {
    return connect("127.0.0.1", port);
  }

  private Socket connect(String from, int port) throws IOException {
    Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(from), 0);
    socket.setSoTimeout(20_000);
    sockets.add(socket);
    return socket;
  }

  private static boolean isAnswered(Socket socket) throws IOException {
    socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));
    StringBuilder answer = new StringBuilder();
    int next;
    while (answer.indexOf("hello") < 0 && (next = socket.getInputStream().read()) >= 0) {
      answer.append((char) next);
    }
    return answer.indexOf("hello") >= 0;
  }

  private static boolean isDisconnected(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException _) {
      return true;
    }
  }

  @Test
  void closesConnectionWithoutRequestInTimeAndKeepsOneThatMadeARequest() throws Exception {
    int port = serve(10, Duration.ofMillis(500));
    Socket active = connect(port);
    assertThat(isAnswered(active)).isTrue();
    Socket slow = connect(port);
    slow.getOutputStream().write("GET / HT".getBytes(US_ASCII));
    assertThat(isDisconnected(slow)).isTrue();
    assertThat(isAnswered(active)).isTrue();
  }

  @Test
  void probeGetsThroughPastIdleConnections() throws Exception {
    int port = serve(5, Duration.ofMinutes(1));
    for (int i = 0; i < 20; i++) {
      connect(port);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(isAnswered(connect(port))).isTrue();
    }
  }

  @Test
  void probeGetsThroughPastOccasionalRequests() throws Exception {
    int port = serve(5, Duration.ofMinutes(1));
    List<Socket> others = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Socket other = connect(port);
      assertThat(isAnswered(other)).isTrue();
      others.add(other);
    }
    assertThat(isAnswered(others.getFirst())).isTrue();

    assertThat(isAnswered(connect(port))).isTrue();
    assertThat(isDisconnected(others.remove(1))).as("its last request is the oldest").isTrue();
    for (Socket other : others) {
      assertThat(isAnswered(other)).isTrue();
    }
  }

  @Test
  void probeGetsThroughPastEndlessResponses() throws Exception {
    int port = serve(5, Duration.ofMinutes(1));
    for (int i = 0; i < 20; i++) {
      connect(port)
          .getOutputStream()
          .write("GET /held HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
    }
    for (int i = 0; i < 3; i++) {
      assertThat(isAnswered(connect(port))).isTrue();
    }
  }

  @Test
  void newConnectionClosesOneThatDoesNotReadItsResponse() throws Exception {
    int port = serve(1, Duration.ofMinutes(1));
    Socket unread = connect(port);
    unread.getOutputStream().write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
    assertThat(unread.getInputStream().read()).isEqualTo('H');

    assertThat(isAnswered(connect(port))).isTrue();

    assertThat(readToTheEnd(unread)).as("bytes of its answer").isLessThan(LARGE);
  }

  private static long readToTheEnd(Socket socket) throws IOException {
    byte[] bytes = new byte[1 << 16];
    long all = 0;
    try {
      for (int read = 0; read >= 0; read = socket.getInputStream().read(bytes)) {
        all += read;
      }
    } catch (SocketException _) {
      // The server closed the connection.
    }
    return all;
  }

  @Test
  void oneAddressWithTooManyConnectionsLosesOnlyItsOwn() throws Exception {
    int port = serve(10, 3, Duration.ofMinutes(1));
    Socket other = connect("127.0.0.2", port);
    assertThat(isAnswered(other)).isTrue();
    Socket first = connect(port);
    for (int i = 0; i < 20; i++) {
      assertThat(isAnswered(connect(port))).isTrue();
    }

    assertThat(isDisconnected(first)).isTrue();
    assertThat(isAnswered(other)).isTrue();
  }
}
