package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.internal.PlatformDependent;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.HostPattern;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.OwnNames;
import io.pushfanout.tools.Ports;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class ManagementServerTest {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Metrics metrics = new Metrics("1.2.3");
  private final Totals totals = new Totals();
  private volatile List<FanoutSnapshot> fanouts = List.of();
  private volatile boolean ready = true;
  private volatile Supplier<String> note = () -> "";
  private volatile Supplier<String> whyNot = () -> "etcd has not answered yet\nHTTP/1.1 200 OK";
  private volatile CountDownLatch snapshotsHeld = new CountDownLatch(0);
  private final ManagementServer server = server(Ports.free());

  @BeforeEach
  void start() throws Exception {
    metrics.register(new FanoutSeries(this::snapshots, totals));
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    snapshotsHeld.countDown();
    server.close();
    http.shutdownNow();
    metrics.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private ManagementServer server(int port) {
    return new ManagementServer(
        vertx,
        new OwnNames("127.0.0.1", List.of(HostPattern.parse("push.example.com"))),
        port,
        null,
        new Readiness(() -> ready, () -> whyNot.get(), () -> note.get()),
        metrics,
        new StatusReport("pf-0", () -> ready, List::of, this::snapshots),
        null);
  }

  private List<FanoutSnapshot> snapshots() {
    try {
      assertThat(snapshotsHeld.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return fanouts;
  }

  @Test
  void liveOnceStarted() throws Exception {
    ready = false;

    HttpResponse<String> live = get("/livez");

    assertThat(live.statusCode()).isEqualTo(200);
    assertThat(live.body()).isEqualTo("ok\n");
  }

  @Test
  void readyWhenReady() throws Exception {
    HttpResponse<String> answer = get("/readyz");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("ready\n");
  }

  @Test
  void readinessNoteIsInTheSameLine() throws Exception {
    note = () -> "serving saved state: resources of 12m ago\nnot ready";

    assertThat(get("/readyz").body())
        .isEqualTo("ready: serving saved state: resources of 12m ago\\nnot ready\n");
  }

  @Test
  void notReadyGivesTheReasonInOneLine() throws Exception {
    ready = false;

    HttpResponse<String> answer = get("/readyz");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("not ready: etcd has not answered yet\\nHTTP/1.1 200 OK\n");
  }

  @Test
  void readinessThatFailsIs500() throws Exception {
    whyNot =
        () -> {
          throw new IllegalStateException("secret");
        };
    ready = false;

    HttpResponse<String> answer = get("/readyz");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("secret");
  }

  @Test
  void metricsArePrometheusText() throws Exception {
    fanouts = List.of(Fleet.chat(Fleet.node("a:1", NodeState.CONNECTED, Fleet.LEDGER)));

    HttpResponse<String> answer = get("/metrics");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).startsWith("text/plain; version=0.0.4");
    Scrape scrape = Scrape.of(answer.body());
    assertThat(scrape.value("pushfanout_node_delivered_total{fanout=\"prod/chat\",node=\"a:1\"}"))
        .isEqualTo(70);
  }

  @Test
  void metricsAreOpenMetricsForClientsThatAcceptThem() throws Exception {
    HttpResponse<String> answer =
        send(request("/metrics").header("Accept", "application/openmetrics-text").build());

    assertThat(header(answer, "Content-Type")).startsWith("application/openmetrics-text");
    assertThat(answer.body()).endsWith("# EOF\n");
  }

  @Test
  void statusIsJson() throws Exception {
    HttpResponse<String> answer = get("/api/v1/status");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    assertThat(answer.body())
        .isEqualTo("{\"ready\":true,\"replica\":\"pf-0\",\"problems\":[],\"fanouts\":[]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz", "/metrics", "/api/v1/status", "/nothing"})
  void noAnswerIsStoredOrSniffed(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.headers().map()).containsKey("content-type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz", "/metrics", "/api/v1/status"})
  void headIsGetWithoutBody(String path) throws Exception {
    HttpResponse<String> answer =
        send(request(path).method("HEAD", BodyPublishers.noBody()).build());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValueAsLong("Content-Length").orElse(0)).isPositive();
    assertThat(get("/livez").body()).as("the connection goes on").isEqualTo("ok\n");
    assertThat(raw("HEAD " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
  void otherMethodsAre405(String method) throws Exception {
    HttpResponse<String> answer =
        send(request("/livez").method(method, BodyPublishers.ofString("body")).build());

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(header(answer, "Allow")).isEqualTo("GET, HEAD");
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/livez/", "/api/v1", "/%2e%2e/livez", "//livez", "/LIVEZ"})
  void unknownPathIs404(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body())
        .isEqualTo("not found; there are /api/v1/status, /livez, /metrics, /readyz\n");
  }

  /**
   * DNS rebinding: a foreign site's name that resolves to this server once a browser has its page.
   */
  @ParameterizedTest
  @ValueSource(strings = {"/metrics", "/api/v1/status", "/api/v1/status?x", "/nothing"})
  void aForeignNameThatPointsHereIsMisdirected(String path) throws Exception {
    assertThat(statusOf(path, "evil.example:" + server.port())).isEqualTo(421);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz"})
  void probesMayComeByAnyName(String path) throws Exception {
    assertThat(statusOf(path, "evil.example")).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:8080, 200",
    "10.1.2.3, 200",
    "[::1]:8080, 200",
    "LocalHost., 200",
    "pushfanout:8080, 200",
    "pushfanout.prod.svc:8080, 200",
    "10-0-0-1.pushfanout.prod.svc.cluster.local:8080, 200",
    "ip-10-0-0-1.eu-west-1.compute.internal, 200",
    "Push.Example.com:8080, 200",
    "push.example.com.evil.example, 421",
    "svc.evil.example, 421",
    "x.svc.evil.example, 421",
    "x.cluster.local.evil.example, 421",
    "evil.local, 421",
    "127.0.0.1.evil.example, 421",
    "evil.example:x, 421",
    "'', 421",
  })
  void namesThatNoForeignSiteCanHaveAreAnswered(String host, int status) throws Exception {
    assertThat(statusOf("/metrics", host)).isEqualTo(status);
  }

  @Test
  void requestWithTwoHostsIsRefused() throws Exception {
    assertThat(statusOf("/metrics", "127.0.0.1\r\nHost: evil.example")).isEqualTo(400);
  }

  @Test
  void requestOfHttp10WithoutHostIsAnswered() throws Exception {
    assertThat(raw("GET /api/v1/status HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.0 200 ");
  }

  private int statusOf(String path, String host) throws IOException {
    String answer =
        raw("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, host));
    return Integer.parseInt(answer.substring(9, 12));
  }

  @Test
  void queryIsNoPartOfThePath() throws Exception {
    assertThat(get("/livez?verbose").statusCode()).isEqualTo(200);
  }

  @Test
  void requestWithoutAPathIs404() throws Exception {
    assertThat(raw("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 404 ");
  }

  @Test
  void healthDoesNotWaitForRendering() throws Exception {
    snapshotsHeld = new CountDownLatch(1);
    List<CompletableFuture<HttpResponse<String>>> held =
        List.of(getAsync("/metrics"), getAsync("/api/v1/status"), getAsync("/metrics"));

    assertThat(get("/livez").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(held).noneMatch(CompletableFuture::isDone);

    snapshotsHeld.countDown();
    for (CompletableFuture<HttpResponse<String>> answer : held) {
      assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void failureInsideIs500AndNotShown() throws Exception {
    metrics.register(
        new FanoutSeries(
            () -> {
              throw new IllegalStateException("secret");
            },
            totals));

    HttpResponse<String> answer = get("/metrics");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("secret");
    assertThat(get("/livez").statusCode()).isEqualTo(200);
  }

  @Test
  void fleetOf5000NodesIsShownWhole() throws Exception {
    fanouts = List.of(Fleet.chat(Fleet.nodes(0, 5000)));

    assertThat(get("/metrics").body()).contains("pushfanout_node_connected{", "n4999:50052");
    assertThat(get("/api/v1/status").body()).contains("\"n4999:50052\"").endsWith("]}]}");
  }

  /** Each client had a copy of its own before. */
  @Test
  void clientsThatDoNotReadTakeLittleMemoryForLargeResponses() throws Exception {
    fanouts = List.of(Fleet.chat(Fleet.nodes(0, 5000)));
    int size = get("/metrics").body().length();
    assertThat(size).isGreaterThan(2 << 20);
    long before = PlatformDependent.usedDirectMemory();
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        slow.add(socket);
        socket
            .getOutputStream()
            .write("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      for (Socket socket : slow) {
        assertThat(socket.getInputStream().read()).isEqualTo('H');
      }
      assertThat(get("/livez").statusCode()).isEqualTo(200);
      assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(40 * (256 << 10));
      assertThat(get("/metrics").body()).hasSizeGreaterThan(2 << 20);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void portThatIsTakenIsNamed() throws Exception {
    Vertx other = Vertx.vertx();
    ManagementServer second =
        new ManagementServer(
            other,
            new OwnNames("127.0.0.1", List.of(HostPattern.parse("push.example.com"))),
            server.port(),
            null,
            new Readiness(() -> true, () -> "", () -> ""),
            metrics,
            new StatusReport("pf-1", () -> true, List::of, List::of),
            null);
    try {
      assertThatThrownBy(second::start)
          .isInstanceOf(IOException.class)
          .hasMessage(
              "cannot listen on 127.0.0.1:%d for HTTP: address already in use"
                  .formatted(server.port()));
    } finally {
      second.close();
      other.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void closeIsBoundedDuringRequests() throws Exception {
    int port = server.port();
    snapshotsHeld = new CountDownLatch(1);
    CompletableFuture<HttpResponse<String>> held = getAsync("/metrics");
    try (Socket idle = new Socket(InetAddress.getLoopbackAddress(), port)) {
      assertThat(get("/livez").statusCode()).isEqualTo(200);
      long start = System.nanoTime();

      server.close();
      server.close();

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(idle.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(held).failsWithin(Duration.ofSeconds(5));
    Ports.awaitFree(port);
  }

  @Test
  void startsAgainOnTheSamePortAfterClose() throws Exception {
    int port = server.port();
    server.close();
    Ports.awaitFree(port);
    ManagementServer second = server(port);

    second.start();

    assertThat(second.port()).isEqualTo(port);
    second.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path).build());
  }

  private CompletableFuture<HttpResponse<String>> getAsync(String path) {
    return http.sendAsync(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return http.send(request, BodyHandlers.ofString());
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElseThrow();
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
