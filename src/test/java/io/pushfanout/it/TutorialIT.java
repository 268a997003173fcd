package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.base.Splitter;
import com.sun.net.httpserver.HttpServer;
import io.pushfanout.node.Browser;
import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.Ports;
import io.pushfanout.tools.Programs;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of docs/tutorial.md in their order, each command as it is there but for the ports. */
class TutorialIT {
  private static final Pattern COMMAND = Pattern.compile("(?m)^    (\\S.*)$");
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path dir;
  private final int nodeGrpc = Ports.free();
  private final int nodeHttp = Ports.free();
  private final int grpc = Ports.free();
  private final int http = Ports.free();
  private final Deque<String> commands = new ArrayDeque<>();
  private String text = "";

  /** Reads the tutorial with the ports of this test. */
  private void read() throws IOException {
    text =
        Files.readString(Path.of("docs/tutorial.md"))
            .replace("50052", String.valueOf(nodeGrpc))
            .replace("8081", String.valueOf(nodeHttp))
            .replace("8080", String.valueOf(http))
            .replace("chat.yaml", dir.resolve("chat.yaml").toString());
    Matcher line = COMMAND.matcher(text.replaceAll("(?s)```.*?```", ""));
    while (line.find()) {
      commands.add(line.group(1));
    }
  }

  private String block(String language) {
    Matcher block =
        Pattern.compile("```%s\n(.*?)```".formatted(language), Pattern.DOTALL).matcher(text);
    assertThat(block.find()).as(language).isTrue();
    return block.group(1);
  }

  /** Starts the next command, which is one of this program. */
  private ChildProcess program(String begin) {
    String command = commands.remove();
    assertThat(command).startsWith("bin/pushfanout " + begin);
    // These ports have no flag on the page.
    Map<String, String> ports =
        switch (begin.replaceFirst(" .*", "")) {
          case "node" -> Map.of("PUSHFANOUT_HTTP_PORT", String.valueOf(nodeHttp));
          case "serve" ->
              Map.of(
                  "PUSHFANOUT_HTTP_PORT", String.valueOf(http),
                  "PUSHFANOUT_GRPC_PORT", String.valueOf(grpc));
          case "broadcast" -> Map.of("PUSHFANOUT_TO", "127.0.0.1:" + grpc);
          default -> Map.of("PUSHFANOUT_SERVER", "http://127.0.0.1:" + http);
        };
    List<String> words = Splitter.on(' ').splitToList(command);
    return ServeProcess.launch(ports, words.subList(1, words.size()));
  }

  private String run(String begin) {
    try (ChildProcess command = program(begin)) {
      assertThat(command.awaitExit(SOON)).as("%s", command).isZero();
      return command.stdout();
    }
  }

  /** Runs the next command, a curl, and returns the reply. */
  private JsonObject curl() throws IOException, InterruptedException {
    String command = commands.remove();
    assertThat(command).startsWith("curl ");
    Process curl = new ProcessBuilder("sh", "-c", command.replace("curl ", "curl -sS ")).start();
    String reply = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(curl.waitFor()).as(command).isZero();
    return new JsonObject(reply);
  }

  @Test
  void eachStepDoesWhatThePagePromises() throws Exception {
    assumeTrue(Programs.onPath("curl").isPresent(), "there is no curl on the PATH");
    read();
    try (Browser browser = Browser.orSkip();
        ChildProcess node = program("node");
        ChildProcess first = program("serve")) {
      ServeProcess.listening(node);
      ServeProcess serve = ServeProcess.ready(first);
      HttpServer pages = pages();
      try {
        serve.awaitNodes("connected", NodeStatus::isConnected);
        assertThat(curl().getString("code")).isEqualTo("0");
        browser.open("http://127.0.0.1:%d/page.html".formatted(pages.getAddress().getPort()));
        awaitNode(serve, "rooms", 2);
        assertThat(curl().getInteger("nodes")).isEqualTo(1);
        awaitShown(browser, "hello, lobby");

        // CallersIT runs the four callers.
        assertThat(commands.remove())
            .isEqualTo("examples/caller-python/run 'hello from my service'");
        assertThat(curl().getInteger("nodes")).isEqualTo(1);
        awaitShown(browser, "for you alone");
        assertThat(curl().getInteger("delivered")).isEqualTo(1);
        awaitShown(browser, "read this");
        assertThat(run("broadcast --wait")).contains("1 delivered");
        awaitShown(browser, "hello");
        assertThat(run("status")).contains("127.0.0.1:" + nodeGrpc);

        changesWorkers(first);
      } finally {
        pages.stop(0);
      }
    }
    assertThat(commands)
        .containsExactly(
            "pushfanout: stopped: 0 queued messages dropped (shutdown), 0 deliveries cancelled");
  }

  private void changesWorkers(ChildProcess first) throws IOException {
    // As by Ctrl-C, whose signal a shell lets its background programs ignore.
    first.signal("TERM");
    first.awaitExit(SOON);
    Path file = dir.resolve("chat.yaml");
    Files.writeString(file, block("yaml"));
    run("validate");
    try (ChildProcess second = program("serve")) {
      ServeProcess serve = ServeProcess.ready(second);
      serve.awaitNodes("connected", NodeStatus::isConnected);
      Files.writeString(file, block("yaml").replace("workers: 10", "workers: 20"));
      awaitNode(serve, "workers", 20);
      second.signal("TERM");
      assertThat(second.awaitExit(SOON)).isZero();
      assertThat(second.stderr()).contains(commands.peek());
    }
  }

  private static void awaitNode(ServeProcess serve, String field, long wanted) {
    await()
        .atMost(SOON)
        .until(
            () ->
                new JsonObject(Http.body(serve.http(), "/api/v1/status"))
                        .getJsonArray("fanouts")
                        .getJsonObject(0)
                        .getJsonArray("nodes")
                        .getJsonObject(0)
                        .getLong(field)
                    == wanted);
  }

  private HttpServer pages() throws IOException {
    HttpServer pages =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page = block("html").getBytes(StandardCharsets.UTF_8);
    pages.createContext(
        "/page.html",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    pages.start();
    return pages;
  }

  private static void awaitShown(Browser browser, String message) {
    await()
        .atMost(SOON)
        .until(
            () ->
                String.valueOf(browser.evaluate("document.getElementById('list').innerText"))
                    .lines()
                    .anyMatch(message::equals));
  }
}
