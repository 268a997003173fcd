package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.pushfanout.auth.AuthMode;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.client.BroadcastCaller;
import io.pushfanout.client.BroadcastMessage;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.management.Fleet;
import io.pushfanout.management.ManagementServer;
import io.pushfanout.management.Metrics;
import io.pushfanout.management.Readiness;
import io.pushfanout.management.StatusReport;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.OwnNames;
import io.pushfanout.node.Browser;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.node.ReferenceNode;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.server.ServerOptions;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.tracing.TracingOptions;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The live page in a real browser. */
class LivePageIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int FLEET = 1000;

  /** Updates of the fleet's rows that the test waits for. */
  private static final int UPDATES = 4;

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
  void nodeThatFailsComesFirstWithinTenSeconds() throws Exception {
    List<ReferenceNode> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ReferenceNode node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0));
      node.start();
      nodes.add(node);
    }
    Server server = new Server(options(nodes.stream().map(LivePageIT::address).toList()));
    Service.Listening where = server.start();
    try (BroadcastCaller caller = new BroadcastCaller(where.grpc(), null, null)) {
      browser.open("http://" + where.http() + "/");
      browser.resize(1200, 900);
      awaitText("#connection", "live");
      awaitText("#summary", "3 nodes: 3 connected");
      assertThat(texts("#node-rows .node"))
          .allMatch(text -> text.startsWith("127.0.0.1:"))
          .hasSize(3);
      for (int i = 0; i < 10; i++) {
        send(caller);
      }
      await().atMost(SOON).until(() -> texts(".fanout dl").getFirst().contains("delivered/s"));

      assertFormSends();
      String address = address(nodes.get(1)).toString();
      long died = System.nanoTime();
      nodes.get(1).close();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> texts("#node-rows .node").getFirst().startsWith(address));
      System.out.printf(
          "LivePageIT: the row of a dead node came first after %d ms%n",
          Duration.ofNanos(System.nanoTime() - died).toMillis());
      await()
          .atMost(SOON)
          .until(() -> texts("#node-rows .state").getFirst().contains("unreachable"));
      assertThat(texts("#node-rows .why").getFirst()).startsWith("Unreachable: ");
      assertThat(text("title")).isEqualTo("1 unreachable – PushFanout");
      assertNoSidewaysScroll();
      keepPictures(caller);
      assertThat(browser.log())
          .as("the refused message alone")
          .hasSize(1)
          .allMatch(line -> line.contains("/api/v1/broadcast"));
    } finally {
      var _ = server.stop();
      for (ReferenceNode node : nodes) {
        node.close();
      }
    }
  }

  /** Sends by the form: a message that waits for its deliveries, and one to an unknown target. */
  private static void assertFormSends() {
    browser.evaluate("document.querySelector('[name=wait]').checked = true");
    browser.evaluate("document.querySelector('#sending').requestSubmit()");
    await()
        .atMost(SOON)
        .until(
            () ->
                text("#reply")
                    .startsWith("✓ OK: 3 of 3 nodes took it; 3 delivered, 0 failed, 0 pending."));
    browser.evaluate("document.querySelector('[name=room]').value = 'lobby'");
    browser.evaluate("document.querySelector('#sending').requestSubmit()");
    await().atMost(SOON).until(() -> text("#reply").contains("None of 3 nodes holds the room."));
    browser.evaluate("document.querySelector('[name=target]').value = 'no/fanout'");
    browser.evaluate("document.querySelector('#sending').requestSubmit()");
    await().atMost(SOON).until(() -> text("#reply").startsWith("✕ NOT_FOUND: "));
  }

  private static void send(BroadcastCaller caller) throws Exception {
    var _ =
        caller.send(
            new BroadcastMessage(null, 5, ByteString.copyFromUtf8("hello"), null),
            Duration.ofSeconds(10));
  }

  private static NodeAddress address(ReferenceNode node) {
    return new NodeAddress("127.0.0.1", node.grpcPort());
  }

  private static ServeOptions options(List<NodeAddress> nodes) {
    return new ServeOptions(
        new ServerOptions("127.0.0.1", 0, Limits.DEFAULT),
        null,
        false,
        0,
        List.of(),
        List.of(),
        new SourceOptions(
            nodes,
            FanoutSettings.DEFAULT.toBuilder().workers(20).build(),
            new Discovery.Etcd("none", Duration.ZERO),
            null,
            null),
        EtcdOptions.LOCAL,
        Map.of(),
        null,
        null,
        TracingOptions.OFF,
        new BroadcastRequest.Target.All(),
        new AuthMode.None(),
        Duration.ZERO,
        Duration.ofSeconds(1),
        "pf-0");
  }

  /** Opens every part, makes the page as narrow as a phone, and measures it. */
  private static void assertNoSidewaysScroll() {
    browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)");
    assertThat(texts(".inside").getFirst()).contains("workers", "20", "--set", "default");
    browser.resize(360, 740);
    assertThat(browser.evaluate("document.documentElement.scrollWidth <= 360")).isEqualTo(true);
    assertThat(
            browser.evaluate(
                "[...document.querySelectorAll('#node-rows .node')].every(one => {"
                    + " const box = one.getBoundingClientRect();"
                    + " return box.width > 0 && box.left >= 0 && box.right <= 360; })"))
        .as("each address is in sight")
        .isEqualTo(true);
    browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)");
    browser.resize(1200, 900);
  }

  /** Two pages' worth of a fleet of a thousand nodes with ten thousand deliveries a second. */
  @Test
  void thousandNodesAreShownAtOnceAndCostLittle() throws Exception {
    Vertx vertx = HttpThreads.start();
    Metrics metrics = new Metrics("1.2.3");
    AtomicInteger renderings = new AtomicInteger();
    long start = System.nanoTime();
    try (ManagementServer server =
        new ManagementServer(
                vertx,
                new OwnNames("127.0.0.1", List.of()),
                0,
                null,
                new Readiness(() -> true, () -> "", () -> ""),
                metrics,
                new StatusReport(
                    "pf-0",
                    () -> true,
                    List::of,
                    () -> {
                      renderings.incrementAndGet();
                      return List.of(Fleet.chat(fleet(start)));
                    }),
                null)
            .withPage(new Totals(), Fleet.PAGE)) {
      server.start();
      browser.open("http://127.0.0.1:" + server.port() + "/");
      await()
          .atMost(SOON)
          .until(() -> number("document.querySelectorAll('#node-rows tr').length") == FLEET);
      long painted =
          number(
              "Math.round(performance.getEntriesByName('first-contentful-paint')[0]"
                  + "?.startTime ?? -1)");
      browser.evaluate(
          "window.updates = 0; new MutationObserver(() => window.updates++)"
              + ".observe(document.querySelector('#node-rows'), {subtree: true, characterData:"
              + " true})");
      int renderingsBefore = renderings.get();
      Map<Long, Long> timesBefore = processorTimes();
      long before = System.nanoTime();
      await().atMost(SOON).until(() -> updates() >= UPDATES);
      int seen = updates();
      int rendered = renderings.get() - renderingsBefore;
      double share = (double) processorTimeSince(timesBefore) / (System.nanoTime() - before);
      System.out.printf(
          "LivePageIT: %d nodes, first paint after %d ms, %.1f %% of a core, %d of %d updates%n",
          FLEET, painted, 100 * share, seen, rendered);
      assertThat(painted).isBetween(0L, 5000L);
      assertThat(seen).as("no update is dropped").isBetween(rendered - 2, rendered + 2);
      assertThat(share).isLessThan(0.5);
      assertThat(browser.log()).isEmpty();
    } finally {
      metrics.close();
      HttpThreads.stop(vertx);
    }
  }

  /** Returns the whole number that is the value of a JavaScript expression. */
  private static int number(String expression) {
    return Integer.parseInt(String.valueOf(browser.evaluate(expression)));
  }

  /** Returns the number of times that the browser has changed rows. */
  private static int updates() {
    return number("window.updates");
  }

  /** Returns nodes that each deliver about ten messages a second. */
  private static List<NodeSnapshot> fleet(long start) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    Random random = new Random(seconds);
    return IntStream.range(0, FLEET)
        .mapToObj(
            i -> {
              long delivered = 10 * seconds + random.nextInt(5);
              int queued = random.nextInt(4);
              return Fleet.node(
                  "10.0.%d.%d:50052".formatted(i / 250, i % 250),
                  NodeState.CONNECTED,
                  new NodeLedger(
                      delivered + queued, delivered, Map.of(), 0, Map.of(), queued, 100, 0));
            })
        .toList();
  }

  /** Returns the processor time of each thread of an HTTP port, in nanoseconds. */
  private static Map<Long, Long> processorTimes() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Map<Long, Long> times = new HashMap<>();
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null
          && (thread.getThreadName().startsWith("management")
              || thread.getThreadName().startsWith("vert.x"))) {
        times.put(thread.getThreadId(), threads.getThreadCpuTime(thread.getThreadId()));
      }
    }
    return times;
  }

  /** Returns the processor time since then, of threads that have not ended. */
  private static long processorTimeSince(Map<Long, Long> then) {
    return processorTimes().entrySet().stream()
        .mapToLong(now -> now.getValue() - then.getOrDefault(now.getKey(), 0L))
        .sum();
  }

  /** Saves screenshots of the page for people, with {@code -Dpictures=DIR}. */
  private static void keepPictures(BroadcastCaller caller) throws Exception {
    String directory = System.getProperty("pictures");
    if (directory == null) {
      return;
    }
    for (int i = 0; i < 1200; i++) {
      send(caller);
      TimeUnit.MILLISECONDS.sleep(30 + (i / 150 % 2) * 30L);
    }
    for (String colours : List.of("light", "dark")) {
      browser.prefer(colours);
      browser.resize(1200, 860);
      Files.write(Path.of(directory, "page-" + colours + ".png"), browser.screenshot());
    }
    browser.prefer("light");
    browser.resize(360, 740);
    browser.evaluate("document.querySelector('#nodes').scrollIntoView({behavior: 'instant'})");
    Files.write(Path.of(directory, "page-phone.png"), browser.screenshot());
  }

  private static void awaitText(String selector, String text) {
    await().atMost(SOON).untilAsserted(() -> assertThat(text(selector)).isEqualTo(text));
  }

  /** Returns the text of the first matching element, empty if there is none. */
  private static String text(String selector) {
    return String.valueOf(
        browser.evaluate("document.querySelector('" + selector + "')?.textContent ?? ''"));
  }

  /** Returns the texts of all matching elements, in the order of the document. */
  private static List<String> texts(String selector) {
    String all =
        String.valueOf(
            browser.evaluate(
                "[...document.querySelectorAll('"
                    + selector
                    + "')].map(one => one.textContent.trim()).join('\\n')"));
    return List.of(all.split("\n", -1));
  }
}
