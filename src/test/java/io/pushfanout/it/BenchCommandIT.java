package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.Signal;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

/** {@code bin/pushfanout bench} against a server whose nodes take 20 ms for each message. */
class BenchCommandIT {
  private static final int RATE = 100;
  private static final Duration NODE_TAKES = Duration.ofMillis(20);
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

  private static final PeerNodes nodes = PeerNodes.start(2);
  private static final ServeProcess serve = ServeProcess.connected(nodes.addresses());

  @BeforeAll
  static void slow() {
    for (int node = 0; node < nodes.addresses().size(); node++) {
      nodes.answerAfter(node, NODE_TAKES);
    }
  }

  @AfterAll
  static void stop() {
    serve.close();
    nodes.close();
  }

  @Test
  void printedCountsAgreeWithTheNodes() {
    int before = nodes.received(0);
    long okBefore = serve.metrics().broadcasts("ok");
    long start = System.nanoTime();
    try (ChildProcess bench = bench("--warmup=1s", "--duration=2s")) {
      assertThat(bench.awaitExit(ENDS_WITHIN)).as("%s", bench).isZero();
      JsonObject result = new JsonObject(bench.stdout());

      int sent = 2 * RATE;
      assertThat(result.getInteger("sent")).isEqualTo(sent);
      assertThat(result.getJsonObject("replies")).isEqualTo(new JsonObject().put("OK", sent));
      assertThat(result.getInteger("accepted")).isEqualTo(2 * sent);
      JsonObject counted = result.getJsonObject("nodes");
      assertThat(counted.getInteger("count")).isEqualTo(2);
      assertThat(counted.getInteger("delivered")).isEqualTo(2 * sent);
      assertThat(counted.getBoolean("atRest")).isTrue();
      // The probe of the server, the warm-up, and the counted broadcasts.
      int all = 1 + RATE + sent;
      assertThat(nodes.received(0)).isEqualTo(before + all);
      assertThat(nodes.received(1)).isEqualTo(before + all);
      assertThat(serve.metrics().broadcasts("ok")).isEqualTo(okBefore + all);

      // On a busy machine nodes take longer, but never longer than the whole run.
      double mean = counted.getDouble("deliveryMeanMs");
      assertThat(mean).isBetween(20.0, (System.nanoTime() - start) / 1e6);
      // 100 a second for 20 ms are 2 in flight, and the suggestion is twice that.
      assertThat(result.getJsonObject("workers").getInteger("suggested"))
          .isBetween(4, (int) Math.ceil(2 * RATE * mean / 1000));
      assertThat(bench.stderr()).as("no progress: nobody watches").isEmpty();
      System.out.println(result.encode());
    }
  }

  @Test
  void streamsCountTheSameMessages() {
    int before = nodes.received(0);
    try (ChildProcess bench =
        bench("--stream", "--connections=2", "--warmup=0s", "--duration=1s")) {
      assertThat(bench.awaitExit(ENDS_WITHIN)).as("%s", bench).isZero();
      JsonObject result = new JsonObject(bench.stdout());
      assertThat(result.getInteger("sent")).isEqualTo(RATE);
      assertThat(result.getJsonObject("replies")).isEqualTo(new JsonObject().put("OK", RATE));
      assertThat(result.getJsonObject("streamEnds")).isEqualTo(new JsonObject());
      assertThat(nodes.received(0)).isEqualTo(before + 1 + RATE);
    }
  }

  @Test
  @DisabledIf(
      value = "ignoresInterrupts",
      disabledReason = "a shell started the tests in the background, with SIGINT ignored")
  void ctrlCPrintsTheResultSoFar() {
    int before = nodes.received(0);
    try (ChildProcess bench = bench("--warmup=0s", "--duration=1h")) {
      await().atMost(ENDS_WITHIN).until(() -> nodes.received(0) > before + RATE);
      bench.signal("INT");

      assertThat(bench.awaitExit(ENDS_WITHIN)).as("%s", bench).isZero();
      JsonObject result = new JsonObject(bench.stdout());
      assertThat(result.getBoolean("stopped")).isTrue();
      assertThat(result.getInteger("sent")).isGreaterThanOrEqualTo(RATE);
      assertThat(result.getJsonObject("replies").getInteger("OK"))
          .isEqualTo(result.getInteger("sent"));
      // A stopped bench leaves deliveries of accepted messages behind.
      int all = before + 1 + result.getInteger("sent");
      await().atMost(ENDS_WITHIN).until(() -> nodes.received(0) == all);
      serve.awaitIdle();
    }
  }

  static boolean ignoresInterrupts() {
    return Signal.isIgnored(Signal.INT);
  }

  private static ChildProcess bench(String... flags) {
    List<String> arguments = new ArrayList<>(List.of("bench", "--to", serve.grpc()));
    arguments.addAll(List.of("--http", "http://" + serve.http(), "--output=json"));
    arguments.addAll(List.of("--rate", Integer.toString(RATE)));
    arguments.addAll(List.of(flags));
    return ServeProcess.launch(arguments);
  }
}
