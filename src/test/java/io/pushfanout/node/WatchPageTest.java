package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.node.WatchPage.WatchedNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
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

@Execution(ExecutionMode.CONCURRENT)
class WatchPageTest {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    WatchPage page =
        new WatchPage(
            "127.0.0.1",
            AllowedNames.NONE,
            () -> List.of(WatchedNode.here("here:1"), WatchedNode.atPort("there:2", 7777)));
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
      assertThat(send(HttpRequest.newBuilder(nodes.resolve("/ws")).build()).statusCode())
          .isEqualTo(426);
      assertThat(send(HttpRequest.newBuilder(nodes.resolve("/ws")).DELETE().build()).statusCode())
          .isEqualTo(405);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/index.html", "/broadcast", "/nodes/", "/../etc/passwd", "/ws", "//"})
  void unknownPathIsNotFound(String path) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("{\"error\":\"There is nothing at this path.\"}");
  }

  @ParameterizedTest
  @CsvSource({"POST, /, 'GET, HEAD'", "DELETE, /nodes, 'GET, HEAD'"})
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

  private static JsonObject node(String name, String ws) {
    return new JsonObject().put("name", name).put("ws", ws);
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
