package io.pushfanout.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.tools.Ports;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusClientTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String EMPTY = "{\"ready\":true,\"replica\":\"pf-0\",\"fanouts\":[]}";

  private final HttpServer server;
  private final String url;

  /** Behaviour of the JDK's own server, because PushFanout's never sends bad responses. */
  private volatile Behaviour behaviour = exchange -> answer(exchange, 200, EMPTY);

  private interface Behaviour {
    void on(HttpExchange exchange) throws IOException;
  }

  StatusClientTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    url = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @BeforeEach
  void start() {
    server.setExecutor(Threads.pool("server"));
    server.createContext("/", exchange -> behaviour.on(exchange));
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void statusIsFetched() throws Exception {
    StatusSample sample = fetch(url, TIMEOUT);

    assertThat(sample.status().ready()).isTrue();
    assertThat(sample.status().replica()).isEqualTo("pf-0");
    assertThat(new JsonObject(sample.json())).isEqualTo(new JsonObject(EMPTY));
    assertThat(sample.json()).contains("\n");
  }

  @Test
  void pathOfTheServerIsKeptAndItsLastSlashIsNoMatter() throws Exception {
    behaviour =
        exchange ->
            answer(
                exchange,
                exchange.getRequestURI().getPath().equals("/pf/api/v1/status") ? 200 : 404,
                EMPTY);

    assertThat(fetch(url + "/pf/", TIMEOUT).status().ready()).isTrue();
  }

  @Test
  void refusedConnectionIsOneLineThatNamesTheServer() throws Exception {
    int free = Ports.free();

    assertThatThrownBy(() -> fetch("http://127.0.0.1:" + free, TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot reach http://127.0.0.1:%d: connection refused".formatted(free));
  }

  @Test
  void serverOfGrpcIsNamedAsTheOtherPort() throws Exception {
    Server grpc =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build()
            .start();
    String other = "http://127.0.0.1:" + grpc.getPort();
    try {
      assertThatThrownBy(() -> fetch(other, TIMEOUT))
          .isInstanceOf(IOException.class)
          .hasMessage(other + " does not speak HTTP; is this the other port?");
    } finally {
      grpc.shutdownNow();
    }
  }

  @Test
  void unknownHostIsNamed() {
    assertThatThrownBy(() -> fetch("http://no-such-host.invalid:1", TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot reach http://no-such-host.invalid:1: unknown host");
  }

  @Test
  void silentServerIsGivenUpInTime() {
    behaviour = _ -> sleep();

    assertThatThrownBy(() -> fetch(url, Duration.ofMillis(300)))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot reach %s: no answer in 300ms".formatted(url));
  }

  @Test
  void answerThatNeverEndsIsGivenUpInTime() {
    behaviour =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          sleep();
        };

    assertThatThrownBy(() -> fetch(url, Duration.ofMillis(500)))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot reach %s: no answer in 500ms".formatted(url));
  }

  @Test
  void endlessResponseIsCut() {
    behaviour =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] spaces = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
          while (true) {
            exchange.getResponseBody().write(spaces);
          }
        };

    assertThatThrownBy(() -> fetch(url, Duration.ofSeconds(60)))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot reach %s: body exceeds capacity: %d".formatted(url, 64 << 20));
  }

  @Test
  void connectionThatIsCutIsOneLine() {
    behaviour = HttpExchange::close;

    assertThatThrownBy(() -> fetch(url, TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessage(url + " closed the connection without an answer; does it speak TLS (https)?");
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 301, 404, 500, 503})
  void otherStatusThan200IsNamed(int status) {
    behaviour = exchange -> answer(exchange, status, "");

    assertThatThrownBy(() -> fetch(url, TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessage("%s answered %d to GET /api/v1/status".formatted(url, status));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "{", "<html>\u001b[31m</html>", "{} {}", "\"x\""})
  void responseWithoutJsonObjectIsNotShown(String body) {
    behaviour = exchange -> answer(exchange, 200, body);

    assertThatThrownBy(() -> fetch(url, TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessage(url + " answered with no status of PushFanout: no JSON object");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"ready\":true,\"replica\":\"r\"}",
        "{\"ready\":true,\"replica\":\"r\",\"fanouts\":{}}",
        "{\"ready\":true,\"replica\":\"r\",\"fanouts\":[1]}",
        "{\"ready\":true,\"replica\":\"r\",\"fanouts\":[null]}",
        "{\"ready\":true,\"replica\":\"r\",\"fanouts\":null}"
      })
  void keyOfAnotherTypeIsNamed(String body) {
    behaviour = exchange -> answer(exchange, 200, body);

    assertThatThrownBy(() -> fetch(url, TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessage(
            url
                + " answered with no status of PushFanout:"
                + " \"fanouts\" is missing or of another type");
  }

  @Test
  void keysOfALaterServerAreIgnored() throws Exception {
    behaviour =
        exchange -> answer(exchange, 200, EMPTY.replace("{\"ready\"", "{\"x\":1,\"ready\""));

    assertThat(fetch(url, TIMEOUT).json()).contains("\"x\" : 1");
  }

  @Test
  void jsonIsPrintedWithoutTerminalControlSequences() throws Exception {
    String hostile = "a\u001b[31m\u009b1m\u202eb\u007f\u2028\udb40\udc01\n";
    String body = new JsonObject(EMPTY).put("replica", hostile).encode();
    behaviour = exchange -> answer(exchange, 200, body);

    String printed = fetch(url, TIMEOUT).json();

    assertThat(printed.replace("\n", "")).doesNotContainPattern("[\\p{C}\\p{Zl}\\p{Zp}]");
    assertThat(new JsonObject(printed).getString("replica")).isEqualTo(hostile);
  }

  private static StatusSample fetch(String server, Duration timeout) throws Exception {
    try (StatusClient client = new StatusClient(ServerUrl.parse(server), null, timeout)) {
      return client.fetch();
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Sleeps until the server's stop interrupts it. */
  private static void sleep() {
    try {
      Thread.sleep(Duration.ofSeconds(30));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
