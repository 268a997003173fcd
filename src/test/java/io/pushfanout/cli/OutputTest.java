package io.pushfanout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Splitter;
import com.sun.net.httpserver.HttpServer;
import io.pushfanout.demo.Demo;
import io.pushfanout.demo.DemoOptions;
import io.pushfanout.node.AllowedNames;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.node.ReferenceNode;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that cannot write their results. */
@SuppressWarnings("NullAway.Init") // NullAway misses the assignments in @BeforeAll.
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
class OutputTest {
  private static final String LOST = "the output cannot be written to stdout\n";

  private static Demo demo;
  private static String server;

  @TempDir Path dir;

  @BeforeAll
  static void start() throws Exception {
    demo = new Demo(new DemoOptions("127.0.0.1", 0, 0, AllowedNames.NONE, null));
    server = "--server=http://" + demo.start().http();
    // On a busy machine, the first answer may take longer than a client waits.
    await().until(() -> CommandRun.of("status", server, "--output=json").code() == 0);
  }

  @AfterAll
  static void stop() throws Exception {
    var _ = demo.stop();
  }

  @Test
  void aBroadcastWhoseReplyIsLostWasSent() throws Exception {
    try (ReferenceNode node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0))) {
      node.start();
      String to = "--to=127.0.0.1:" + node.grpcPort();

      for (String output : new String[] {"text", "json"}) {
        CommandRun run = CommandRun.withOutput(0, "broadcast", to, "--output=" + output, "x");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
            .isEqualTo("pushfanout broadcast: the broadcast was sent and answered OK, but " + LOST);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"table, 0", "table, 2", "json, 0", "json, 2"})
  void aWatchEndsWithItsReader(String output, int writes) {
    CommandRun run =
        CommandRun.withOutput(writes, "status", server, "--output=" + output, "--watch");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("pushfanout status: " + LOST);
    assertThat(run.out().isEmpty()).isEqualTo(writes == 0);
  }

  /** Each line is erased to its end, and all below the last one. */
  @Test
  void aWatchOnATerminalDrawsEachTableOverTheLastOne() {
    CommandRun run = CommandRun.onTerminal(2, "status", server, "--watch");

    List<String> drawn = Splitter.on("\u001b[H").splitToList(run.out());
    assertThat(drawn).hasSize(3).startsWith("");
    assertThat(drawn.subList(1, 3))
        .allSatisfy(
            table -> {
              assertThat(table).startsWith("replica ").endsWith("\u001b[K\n\u001b[J");
              assertThat(table.lines()).hasSizeGreaterThan(5);
              assertThat(table).doesNotContainPattern("[^K]\n");
            });
  }

  @Test
  void aTableThatIsNotWatchedOrHasNoTerminalDrawsOverNothing() {
    assertThat(CommandRun.onTerminal(1, "status", server).out()).doesNotContain("\u001b");
    assertThat(CommandRun.withOutput(2, "status", server, "--watch").out())
        .doesNotContain("\u001b");
  }

  @Test
  void aWatchShowsFailedLooksAndGoesOn() throws Exception {
    HttpServer late =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] status = "{\"ready\":true,\"replica\":\"a\",\"fanouts\":[]}".getBytes(UTF_8);
    AtomicInteger looks = new AtomicInteger();
    late.createContext(
        "/",
        exchange -> {
          boolean good = looks.incrementAndGet() > 1;
          exchange.sendResponseHeaders(good ? 200 : 500, good ? status.length : -1);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write(good ? status : new byte[0]);
          }
        });
    late.start();
    try {
      String url = "http://127.0.0.1:" + late.getAddress().getPort();

      CommandRun run =
          CommandRun.withOutput(1, "status", "--server=" + url, "--output=json", "--watch");

      assertThat(run.err().lines())
          .containsExactly(
              "pushfanout status: " + url + " answered 500 to GET /api/v1/status",
              "pushfanout status: " + LOST.strip());
      assertThat(run.out()).contains("\"ready\" : true");
    } finally {
      late.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "validate --help", "bench --help"})
  void aCommandWithLostOutputFails(String arguments) {
    CommandRun run = CommandRun.withOutput(0, arguments.split(" "));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("pushfanout").endsWith(": " + LOST).hasLineCount(1);
  }

  @Test
  void aFileThatIsNotValidIsOneAndItsErrorsAreLost() throws Exception {
    Path file = Files.writeString(dir.resolve("a.yaml"), "kind: Nothing\n");
    CommandRun run = CommandRun.withOutput(0, "validate", file.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("pushfanout validate: " + LOST);
  }
}
