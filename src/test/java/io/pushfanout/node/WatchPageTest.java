package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.node.WatchPage.WatchedNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class WatchPageTest {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<WatchPage.Message> sent = new ArrayList<>();
  private CompletionStage<String> reply = CompletableFuture.completedFuture("{\"code\":\"0\"}");
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    WatchPage page =
        new WatchPage(
            "127.0.0.1",
            AllowedNames.NONE,
            () -> List.of(WatchedNode.here("here:1"), WatchedNode.atPort("there:2", 7777)),
            message -> {
              sent.add(message);
              return reply;
            });
    server =
        vertx
            .createHttpServer()
            .requestHandler(page)
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    http.close();
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void pageAllowsItsOwnScriptAlone() throws Exception {
    HttpResponse<String> page = get("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none';")
        .containsPattern("script-src 'sha256-[^']+'; style-src 'sha256-[^']+';")
        .doesNotContain("unsafe", "*");
    assertThat(page.body()).contains("<title>PushFanout").doesNotContain("innerHTML");
  }

  @Test
  void nodesAreOnTheHostThatTheBrowserUsed() throws Exception {
    int port = server.actualPort();
    assertThat(new JsonObject(get("/nodes").body()))
        .isEqualTo(
            new JsonObject()
                .put(
                    "nodes",
                    new JsonArray()
                        .add(node("here:1", "ws://127.0.0.1:" + port + "/ws"))
                        .add(node("there:2", "ws://127.0.0.1:7777/ws")))
                .put("send", true));
    assertThat(
            new JsonObject(send(request("localhost", "/nodes").build()).body())
                .getJsonArray("nodes"))
        .contains(node("there:2", "ws://localhost:7777/ws"));
  }

  @Test
  void pageOfANodeOnlyWatches() throws Exception {
    try (var node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0))) {
      node.start();
      URI nodes = URI.create("http://127.0.0.1:" + node.httpPort() + "/nodes");
      assertThat(new JsonObject(send(HttpRequest.newBuilder(nodes).build()).body()))
          .isEqualTo(
              new JsonObject()
                  .put(
                      "nodes",
                      new JsonArray()
                          .add(
                              node(
                                  "127.0.0.1:" + node.grpcPort(),
                                  "ws://127.0.0.1:" + node.httpPort() + "/ws")))
                  .put("send", false));
      assertThat(
              send(HttpRequest.newBuilder(nodes.resolve("/broadcast"))
                      .header("Content-Type", "application/json")
                      .POST(BodyPublishers.ofString("{}"))
                      .build())
                  .statusCode())
          .isEqualTo(404);
      assertThat(send(HttpRequest.newBuilder(nodes.resolve("/ws")).build()).statusCode())
          .isEqualTo(426);
      assertThat(send(HttpRequest.newBuilder(nodes.resolve("/ws")).DELETE().build()).statusCode())
          .isEqualTo(405);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/index.html", "/nodes/", "/../etc/passwd", "/ws", "//"})
  void unknownPathIsNotFound(String path) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("{\"error\":\"There is nothing at this path.\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /, 'GET, HEAD'",
    "DELETE, /nodes, 'GET, HEAD'",
    "GET, /broadcast, POST",
    "PUT, /broadcast, POST"
  })
  void unknownMethodIsNotAllowed(String method, String path, String allowed) throws Exception {
    HttpResponse<String> answer =
        send(request("127.0.0.1", path).method(method, BodyPublishers.noBody()).build());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains(allowed);
  }

  @Test
  void headIsAnsweredWithoutABody() throws Exception {
    HttpResponse<String> answer =
        send(request("127.0.0.1", "/").method("HEAD", BodyPublishers.noBody()).build());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void broadcastIsHandedOnAndItsReplyReturned() throws Exception {
    HttpResponse<String> answer =
        send(post("{\"room\":\"news\",\"op\":-3,\"body\":\"hello\"}").build());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body()).isEqualTo("{\"code\":\"0\"}");
    assertThat(sent).containsExactly(new WatchPage.Message("news", -3, "hello"));
  }

  @Test
  void fieldsOfABroadcastMayBeLeftOut() throws Exception {
    assertThat(send(post("{}").build()).statusCode()).isEqualTo(200);
    assertThat(sent).containsExactly(new WatchPage.Message("", 0, ""));
  }

  @Test
  void failedBroadcastReturnsItsOwnMessage() throws Exception {
    reply = CompletableFuture.failedFuture(new IOException("the manager is away"));

    HttpResponse<String> answer = send(post("{}").build());

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).isEqualTo("{\"error\":\"the manager is away\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "null",
        "[]",
        "{\"room\":1}",
        "{\"body\":null}",
        "{\"op\":\"5\"}",
        "{\"op\":1.5}",
        "{\"op\":2147483648}",
        "{\"extra\":1}",
        "{\"room\":\"a\"",
      })
  void invalidMessageIsRefusedWithOneSentence(String body) throws Exception {
    HttpResponse<String> answer = send(post(body).build());

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(answer.body()).getString("error")).endsWith(".").doesNotContain("\n");
    assertThat(sent).isEmpty();
  }

  @Test
  void otherSitesCannotBroadcast() throws Exception {
    String own = "http://127.0.0.1:" + server.actualPort();
    for (String origin : List.of("https://evil.example", "null", "http://127.0.0.1", own + "0")) {
      assertThat(send(post("{}").header("Origin", origin).build()).statusCode())
          .as(origin)
          .isEqualTo(403);
    }
    for (String type :
        List.of("text/plain", "application/x-www-form-urlencoded", "application/jsonp")) {
      assertThat(send(post("{}").setHeader("Content-Type", type).build()).statusCode())
          .as(type)
          .isEqualTo(415);
    }
    assertThat(sent).isEmpty();

    HttpRequest allowed =
        post("{}")
            .header("Origin", own)
            .setHeader("Content-Type", "Application/JSON; charset=utf-8")
            .build();
    assertThat(send(allowed).statusCode()).isEqualTo(200);
  }

  @Test
  void bodyOverTheLimitIsRefused() throws Exception {
    int most = BroadcastPost.MAX_BODY_BYTES - "{\"body\":\"\"}".length();
    assertThat(send(post("{\"body\":\"" + "x".repeat(most) + "\"}").build()).statusCode())
        .isEqualTo(200);
    sent.clear();
    assertThat(send(post("{\"body\":\"" + "x".repeat(most + 1) + "\"}").build()).statusCode())
        .isEqualTo(413);
    assertThat(sent).isEmpty();
  }

  @Test
  void theRestOfABodyOverTheLimitIsNotRead() throws Exception {
    try (var request =
        new RawRequest(
            server.actualPort(),
            "POST /broadcast HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            "Content-Length: 1000000000",
            "")) {
      request.send(new byte[BroadcastPost.MAX_BODY_BYTES + 1]);
      assertThat(request.status()).isEqualTo(413);
      byte[] more = new byte[1 << 20];
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 900; i++) {
                  request.send(more);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  private static JsonObject node(String name, String ws) {
    return new JsonObject().put("name", name).put("ws", ws);
  }

  private HttpRequest.Builder post(String body) {
    return request("127.0.0.1", "/broadcast")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request("127.0.0.1", path).build());
  }

  private HttpRequest.Builder request(String host, String path) {
    return HttpRequest.newBuilder(URI.create("http://" + host + ":" + server.actualPort() + path));
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
