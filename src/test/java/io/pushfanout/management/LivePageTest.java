package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.OwnNames;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The live page and its events over HTTP. */
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
class LivePageTest {
  /** A request by HTTP/1.0, whose answer has no chunks between the events. */
  private static final String OPEN = "GET /api/v1/events HTTP/1.0\r\n\r\n";

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Metrics metrics = new Metrics("1.2.3");
  private final AtomicInteger renderings = new AtomicInteger();
  private final List<Socket> sockets = new ArrayList<>();
  private volatile List<FanoutSnapshot> fanouts = List.of();
  private final ManagementServer server =
      new ManagementServer(
              vertx,
              new OwnNames("127.0.0.1", List.of()),
              0,
              null,
              new Readiness(() -> true, () -> "", () -> ""),
              metrics,
              new StatusReport("pf-0", () -> true, List::of, this::snapshots),
              null)
          .withPage(new Totals(), Fleet.PAGE);

  private List<FanoutSnapshot> snapshots() {
    renderings.incrementAndGet();
    return fanouts;
  }

  @BeforeEach
  void start() throws Exception {
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
    http.shutdownNow();
    metrics.close();
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8",
    "/page/page.css, text/css; charset=utf-8",
    "/page/page.js, text/javascript; charset=utf-8",
    "/page/icon.svg, image/svg+xml",
  })
  void filesHaveTypeTagAndSecurityHeaders(String path, String type) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo(type);
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(header(answer, "Content-Security-Policy"))
        .contains("default-src 'none'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "*", "http:", "https:", "data:", "blob:", "ws:");

    HttpResponse<String> again =
        http.send(
            request(path).header("If-None-Match", header(answer, "ETag")).build(),
            BodyHandlers.ofString());
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void unknownPathIs404() throws Exception {
    assertThat(get("/live").body())
        .isEqualTo(
            "not found; there are /, /api/v1/events, /api/v1/status, /livez, /metrics, /readyz\n");
    assertThat(get("/page/index.html").statusCode()).isEqualTo(404);
    assertThat(get("/page/../page.js").statusCode()).isEqualTo(404);
  }

  @Test
  void everythingThatThePageLoadsIsThere() throws Exception {
    List<String> paths = new ArrayList<>();
    paths.addAll(linked(get("/").body(), "(?:src|href)=\"(page/[^\"]+)\"", "/"));
    for (String script : List.copyOf(paths).stream().filter(p -> p.endsWith(".js")).toList()) {
      paths.addAll(linked(get(script).body(), "from \"\\./([^\"]+)\"", "/page/"));
    }

    assertThat(paths).hasSizeGreaterThan(10);
    for (String path : paths) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(200);
    }
  }

  private static List<String> linked(String text, String pattern, String folder) {
    return java.util.regex.Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(found -> folder + found.group(1))
        .toList();
  }

  @Test
  void streamBeginsWithTheWholeStateAndGoesOnWithChanges() throws Exception {
    fanouts = List.of(Fleet.chat(Fleet.nodes(0, 3)));
    Stream stream = open();

    Event first = stream.next();
    assertThat(first.name()).isEqualTo("state");
    assertThat(first.data().getJsonArray("nodes")).hasSize(3);
    assertThat(first.data().getJsonObject("head").getString("readiness")).isEqualTo("ready");
    assertThat(stream.next().data().fieldNames()).contains("now").doesNotContain("head", "order");

    fanouts =
        List.of(
            Fleet.chat(
                Fleet.node("n0:50052", NodeState.CONNECTED, Fleet.LEDGER),
                Fleet.node("n1:50052", NodeState.CONNECTED, Fleet.LEDGER),
                Fleet.node("n2:50052", NodeState.UNREACHABLE, Fleet.LEDGER)));
    Event moved = stream.next();
    while (!moved.data().containsKey("order")) {
      moved = stream.next();
    }
    assertThat(moved.name()).isEqualTo("change");
    assertThat(moved.data().getJsonArray("order").encode()).isEqualTo("[3,1,2]");
    assertThat(moved.data().getJsonArray("nodes").getJsonArray(0).getString(2))
        .isEqualTo("n2:50052");
  }

  @Test
  void nothingIsRenderedWhileNoPageIsOpen() throws Exception {
    get("/");
    Thread.sleep(1200);
    assertThat(renderings).hasValue(0);

    Stream first = open();
    Stream second = open();
    first.next();
    second.next();
    int begun = renderings.get();
    first.next();
    second.next();
    first.next();
    second.next();
    assertThat(renderings.get() - begun).as("both share each").isBetween(1, 3);

    sockets.getFirst().close();
    sockets.getLast().close();
    Thread.sleep(2000);
    int left = renderings.get();
    Thread.sleep(1200);
    assertThat(renderings).hasValue(left);
  }

  @Test
  void clientThatDoesNotReadGetsTheWholeStateLater() throws Exception {
    fanouts = List.of(Fleet.chat(Fleet.nodes(0, 5_000)));
    Stream stream = stream(connect(OPEN, 16 << 10));
    Stream other = open();
    other.next();
    other.next();
    other.next();
    fanouts = List.of(Fleet.chat(Fleet.nodes(0, 10)));
    Event fewer = other.next();
    while (!fewer.data().containsKey("goneNodes")) {
      fewer = other.next();
    }

    Event first = stream.next();
    assertThat(first.data().getJsonArray("nodes")).hasSize(5_000);
    Event again = stream.next();
    while (!again.name().equals("state")) {
      assertThat(again.data().containsKey("goneNodes")).as("it missed this change").isFalse();
      again = stream.next();
    }
    assertThat(again.data().getJsonArray("nodes")).hasSize(10);
  }

  @Test
  void openPagesAreBounded() throws Exception {
    for (int i = 0; i < 30; i++) {
      open();
    }

    HttpResponse<String> refused = get("/api/v1/events");

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(header(refused, "Retry-After")).isEqualTo("10");
    sockets.getFirst().close();
    while (!status(connect()).contains(" 200 ")) {
      Thread.sleep(50);
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, /, 421", "GET, /api/v1/events, 421", "GET, /page/page.js, 421"})
  void foreignNameThatPointsHereIsMisdirected(String method, String path, int status)
      throws Exception {
    Socket socket = connect(method + " " + path + " HTTP/1.1\r\nHost: evil.example\r\n\r\n");

    assertThat(status(socket)).startsWith("HTTP/1.1 " + status);
  }

  @Test
  void streamIsOnlyRead() throws Exception {
    assertThat(status(connect("POST /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n"))).contains("405");
    assertThat(status(connect("HEAD /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n"))).contains("200");
    assertThat(renderings).hasValue(0);
  }

  @Test
  void closeEndsTheStreams() throws Exception {
    Stream stream = open();
    stream.next();
    long start = System.nanoTime();

    server.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    assertThat(stream.isOver()).isTrue();
  }

  private record Event(String name, JsonObject data) {}

  /** A client's side of the events. */
  private record Stream(BufferedReader lines) {
    Event next() throws IOException {
      String name = "";
      while (true) {
        String line = lines.readLine();
        assertThat(line).as("the stream goes on").isNotNull();
        if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          return new Event(name, new JsonObject(line.substring(6)));
        }
      }
    }

    boolean isOver() throws IOException {
      try {
        String line = lines.readLine();
        while (line != null) {
          line = lines.readLine();
        }
      } catch (SocketException _) {
        // Its end is as good as an orderly one.
      }
      return true;
    }
  }

  private Stream open() throws IOException {
    return stream(connect());
  }

  private static Stream stream(Socket socket) throws IOException {
    return new Stream(
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
  }

  private Socket connect() throws IOException {
    return connect(OPEN);
  }

  private Socket connect(String request) throws IOException {
    return connect(request, 0);
  }

  /**
   * @param receiveBuffer bytes that the system reads for a client that does not; 0: as many as it
   *     likes
   */
  private Socket connect(String request, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String status(Socket socket) throws IOException {
    return new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(request(path).build(), BodyHandlers.ofString());
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElseThrow();
  }
}
