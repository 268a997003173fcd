package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.Programs;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real browser without a window, driven over its DevTools protocol. */
public final class Browser implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final String READY = "DevTools listening on ";

  /** Notifications of the browser's log. */
  private static final Set<String> LOGGED =
      Set.of("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown");

  /** Time limit of the start, which takes seconds on an idle machine. */
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(1);

  private final Path profile;
  private final ChildProcess process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket devtools;
  private final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final AtomicInteger lastId = new AtomicInteger();
  private String target = "";
  private volatile String session = "";

  /** Starts the browser on the PATH; skips the test without one. */
  public static Browser orSkip() throws Exception {
    Optional<Path> program =
        NAMES.stream().map(Programs::onPath).flatMap(Optional::stream).findFirst();
    assumeTrue(program.isPresent(), "there is no chromium or google-chrome on the PATH");
    return new Browser(program.orElseThrow());
  }

  private Browser(Path program) throws Exception {
    profile = Files.createTempDirectory("browser");
    process =
        ChildProcess.start(
            "browser",
            Map.of(),
            List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                // The browser treats a page without an origin as public, and public pages may not
                // reach loopback.
                "--disable-features=LocalNetworkAccessChecks",
                "--window-size=1280,900",
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0",
                "about:blank"));
    try {
      process.awaitLine(READY, STARTS_WITHIN);
      devtools =
          http.newWebSocketBuilder()
              .buildAsync(URI.create(address()), new NodeReplies())
              .get(20, TimeUnit.SECONDS);
    } catch (Exception | Error e) {
      process.close();
      throw e;
    }
  }

  private String address() {
    return process
        .stderr()
        .lines()
        .filter(line -> line.startsWith(READY))
        .findFirst()
        .orElseThrow()
        .substring(READY.length());
  }

  /** Opens the page in a new tab, which later calls use. */
  public void open(String url) {
    closeTab();
    target =
        call("Target.createTarget", new JsonObject().put("url", "about:blank"))
            .getString("targetId");
    session =
        call("Target.attachToTarget", new JsonObject().put("targetId", target).put("flatten", true))
            .getString("sessionId");
    log.clear();
    call("Log.enable", new JsonObject());
    call("Runtime.enable", new JsonObject());
    call("Page.navigate", new JsonObject().put("url", url));
  }

  /** Closes the page before: its requests would take the machine from the next one. */
  private void closeTab() {
    session = "";
    if (!target.isEmpty()) {
      call("Target.closeTarget", new JsonObject().put("targetId", target));
    }
  }

  /** Sets the user's preferred colour scheme: {@code light} or {@code dark}. */
  public void prefer(String colours) {
    call(
        "Emulation.setEmulatedMedia",
        new JsonObject(
            "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + colours + "\"}]}"));
  }

  /** Returns the value of a JavaScript expression, which must not throw. */
  public @Nullable Object evaluate(String expression) {
    JsonObject answer =
        call(
            "Runtime.evaluate",
            new JsonObject().put("expression", expression).put("returnByValue", true));
    assertThat(answer.getJsonObject("exceptionDetails")).as(expression).isNull();
    return answer.getJsonObject("result").getValue("value");
  }

  /** Returns a PNG of the visible page. */
  public byte[] screenshot() {
    return Base64.getDecoder()
        .decode(call("Page.captureScreenshot", new JsonObject()).getString("data"));
  }

  /** Sets the size of the visible page in pixels. */
  public void resize(int width, int height) {
    call(
        "Emulation.setDeviceMetricsOverride",
        new JsonObject()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", width < 600));
  }

  /**
   * Returns the entries of the browser's log since the page was opened: errors, violated policies
   * and everything that a script writes there.
   */
  public List<String> log() {
    return List.copyOf(log);
  }

  private JsonObject call(String method, JsonObject params) {
    int id = lastId.incrementAndGet();
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    answers.put(id, answer);
    JsonObject request = new JsonObject().put("id", id).put("method", method).put("params", params);
    if (!session.isEmpty()) {
      request.put("sessionId", session);
    }
    devtools.sendText(request.encode(), true).join();
    JsonObject json = answer.orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(json.getJsonObject("error")).as(method).isNull();
    return json.getJsonObject("result");
  }

  /** Requests an orderly exit, so that the browser's helper processes have released the profile. */
  @Override
  public void close() throws IOException {
    session = "";
    call("Browser.close", new JsonObject());
    process.awaitExit(STARTS_WITHIN);
    http.shutdownNow();
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private final class NodeReplies implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        JsonObject json = new JsonObject(text.toString());
        text.setLength(0);
        if (LOGGED.contains(json.getString("method", ""))
            && session.equals(json.getString("sessionId"))) {
          log.add(json.getJsonObject("params").encode());
        }
        CompletableFuture<JsonObject> waiting = answers.remove(json.getInteger("id", 0));
        if (waiting != null) {
          waiting.complete(json);
        }
      }
      from.request(1);
      return null;
    }
  }
}
