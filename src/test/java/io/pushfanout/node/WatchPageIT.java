package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.node.WatchPage.WatchedNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page in a real browser. */
class WatchPageIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static Browser browser;

  @BeforeAll
  static void openBrowser() throws Exception {
    browser = Browser.orSkip();
  }

  @AfterAll
  static void closeBrowser() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void messagesShowUpOnThePageOfANode() throws Exception {
    try (var node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0))) {
      node.start();
      try (var caller = new NodeCaller(node.grpcPort())) {
        browser.open("http://127.0.0.1:" + node.httpPort() + "/");
        awaitText(".state", "connected");
        assertThat(text("h2")).isEqualTo("127.0.0.1:" + node.grpcPort());

        caller.broadcast("", "<b onclick='x'>hello</b> <script>alert(1)</script>");

        awaitText(".body", "<b onclick='x'>hello</b> <script>alert(1)</script>");
        assertThat(text(".op")).isEqualTo("op 5");
        assertThat(text(".seq")).isEqualTo("seq 7");
        assertThat(text(".count")).isEqualTo("1 message");
        assertThat(browser.evaluate("document.querySelectorAll('.list b, .list script').length"))
            .isEqualTo(0);

        subscribe("news");
        await().atMost(SOON).until(() -> caller.broadcast("news", "fresh").getDesc().contains("1"));
        awaitText(".body", "fresh");
        assertThat(text(".room")).isEqualTo("news");
        assertThat(browser.evaluate("document.querySelector('#sending').hidden")).isEqualTo(true);
      }
    }
  }

  @Test
  void pageKeepsTheLastMessagesOnly() throws Exception {
    try (var node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0))) {
      node.start();
      try (var caller = new NodeCaller(node.grpcPort())) {
        browser.open("http://127.0.0.1:" + node.httpPort() + "/");
        awaitText(".state", "connected");
        for (int i = 1; i <= 450; i++) {
          caller.broadcast("", "message " + i);
        }
        awaitText(".count", "450 messages");
        assertThat(text(".body")).isEqualTo("message 450");
        assertThat(browser.evaluate("document.querySelectorAll('.list li').length")).isEqualTo(200);
      }
    }
  }

  @Test
  void pageReconnectsByItselfAndSubscribesAgain() throws Exception {
    var node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0));
    node.start();
    int httpPort = node.httpPort();
    browser.open("http://127.0.0.1:" + httpPort + "/");
    awaitText(".state", "connected");
    subscribe("news");

    node.close();
    await().atMost(SOON).until(() -> text(".state").contains("next try in"));

    try (var again = new ReferenceNode(new NodeOptions("127.0.0.1", 0, httpPort))) {
      again.start();
      try (var caller = new NodeCaller(again.grpcPort())) {
        await().atMost(SOON).until(() -> caller.broadcast("news", "back").getDesc().contains("1"));
        awaitText(".body", "back");
      }
    }
  }

  @Test
  void pageOfSeveralNodesBroadcastsToThem() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (var first = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0));
        var second = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0));
        var third = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0))) {
      List<ReferenceNode> nodes = List.of(first, second, third);
      for (ReferenceNode node : nodes) {
        node.start();
      }
      HttpServer server = serve(vertx, nodes);
      browser.open("http://localhost:" + server.actualPort() + "/");
      awaitCount(".state.open", 3);

      browser.evaluate("document.querySelector('#send-body').value = 'to all of you'");
      browser.evaluate("document.querySelector('#sending').requestSubmit()");

      awaitCount(".body", 3);
      awaitText(".body", "to all of you");
      awaitText("#reply", "Delivered.");
      assertThat(text("#curl")).contains("\"body\":\"to all of you\"", "/broadcast");
      subscribe("news");
      awaitText("#rooms button", "news ×");
      keepPictures();
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void socketsWithSubprotocolsOpen() throws Exception {
    try (var node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0))) {
      node.start();
      browser.open("http://127.0.0.1:" + node.httpPort() + "/");
      awaitText(".state", "connected");

      openSocket(node, "['json', 'eyJhbGciOiJub25lIn0.e30.']");
      await().atMost(SOON).untilAsserted(() -> assertThat(socketState()).isEqualTo("open json"));
      openSocket(node, "[]");
      await().atMost(SOON).untilAsserted(() -> assertThat(socketState()).isEqualTo("open "));
    }
  }

  @Test
  void aPageWithoutAnOriginMayWatchWhereItIsListed() throws Exception {
    NodeOptions listed = new NodeOptions("127.0.0.1", 0, 0, AllowedNames.NONE.withOrigin("null"));
    try (var open = new ReferenceNode(listed);
        var shut = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0))) {
      open.start();
      shut.start();
      browser.open("data:text/html,<p>a page from nowhere</p>");
      awaitText("p", "a page from nowhere");

      openSocket(open, "[]");
      await().atMost(SOON).untilAsserted(() -> assertThat(socketState()).isEqualTo("open "));
      openSocket(shut, "[]");
      await().atMost(SOON).untilAsserted(() -> assertThat(socketState()).isEqualTo("closed 1006"));
    }
  }

  private static void openSocket(ReferenceNode node, String subprotocols) {
    browser.evaluate(
        """
        window.socketState = "connecting";
        (() => {
          const socket = new WebSocket("ws://127.0.0.1:%d/ws", %s);
          socket.onopen = () => window.socketState = "open " + socket.protocol;
          socket.onclose = event => window.socketState = "closed " + event.code;
        })()\
        """
            .formatted(node.httpPort(), subprotocols));
  }

  private static Object socketState() {
    return String.valueOf(browser.evaluate("window.socketState"));
  }

  private static HttpServer serve(Vertx vertx, List<ReferenceNode> nodes) throws Exception {
    WatchPage page =
        new WatchPage(
            "127.0.0.1",
            AllowedNames.NONE,
            () ->
                nodes.stream()
                    .map(n -> WatchedNode.atPort("127.0.0.1:" + n.grpcPort(), n.httpPort()))
                    .toList());
    return vertx
        .createHttpServer()
        .requestHandler(
            request -> {
              if ("/api/v1/broadcast".equals(request.path())) {
                request.body().onSuccess(body -> answer(request, nodes, body.toJsonObject()));
              } else {
                page.handle(request);
              }
            })
        .listen(0, "127.0.0.1")
        .await(10, TimeUnit.SECONDS);
  }

  /** Broadcasts as the server of the page does. */
  private static void answer(
      HttpServerRequest request, List<ReferenceNode> nodes, JsonObject message) {
    var _ =
        CompletableFuture.supplyAsync(
                () -> {
                  for (ReferenceNode node : nodes) {
                    try (var caller = new NodeCaller(node.grpcPort())) {
                      caller.broadcast(message.getString("room", ""), message.getString("body"));
                    }
                  }
                  return new JsonObject()
                      .put("code", "0")
                      .put("msg", "OK")
                      .put("desc", "Delivered.")
                      .encode();
                })
            .thenAccept(json -> request.response().end(json));
  }

  /** Saves screenshots of the page for people, with {@code -Dpictures=DIR}. */
  private static void keepPictures() throws Exception {
    String directory = System.getProperty("pictures");
    if (directory == null) {
      return;
    }
    for (String colours : List.of("light", "dark")) {
      browser.prefer(colours);
      Files.write(Path.of(directory, "watch-" + colours + ".png"), browser.screenshot());
    }
  }

  private static void subscribe(String room) {
    browser.evaluate("document.querySelector('#room').value = '" + room + "'");
    browser.evaluate("document.querySelector('#subscribing').requestSubmit()");
  }

  private static void awaitText(String selector, String text) {
    await().atMost(SOON).untilAsserted(() -> assertThat(text(selector)).isEqualTo(text));
  }

  private static void awaitCount(String selector, int count) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(browser.evaluate("document.querySelectorAll('" + selector + "').length"))
                    .isEqualTo(count));
  }

  /** Returns the text of the first matching element, empty if there is none. */
  private static String text(String selector) {
    return String.valueOf(
        browser.evaluate("document.querySelector('" + selector + "')?.textContent ?? ''"));
  }
}
