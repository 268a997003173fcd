package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.it.EditedFile.Way;
import io.pushfanout.it.FanoutStatus.Problem;
import io.pushfanout.tools.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken edits of a running server's file, and their corrections. */
class BrokenConfigIT {
  private static final int RATE = 200;
  private static final String FANOUT = "prod/chat";

  @TempDir private Path directory;

  /** A seventh line of the file, and the problem that the server reports for this line. */
  private enum Mistake {
    OUT_OF_BOUNDS(Way.IN_PLACE, "workers: 0", ":7: spec.workers: must be from 1 to 1024, is 0"),
    MISSPELT(Way.RENAMED_OVER, "wrokers: 20", ":7: spec.wrokers: "),
    UNFINISHED(Way.LINK_SWAPPED, "workers: [20", ":7: yaml: ");

    private final Way way;
    private final String line;
    private final String message;

    Mistake(Way way, String line, String message) {
      this.way = way;
      this.line = line;
      this.message = message;
    }
  }

  @Test
  void brokenEditChangesNothingAndIsReportedAndItsCorrectionApplies() {
    EditedFile file = new EditedFile(directory, "chat.yaml");
    try (PeerNodes nodes = PeerNodes.start(2)) {
      file.write(Way.IN_PLACE, text(nodes, "workers: 10"));
      try (ServeProcess serve = ServeProcess.connected(List.of(), "--config=" + file.path());
          PeerCalls.Running calls =
              PeerCalls.to(serve).perSecond(RATE).lasting(Duration.ofMinutes(1)).start()) {
        nodes.awaitReceived(0, RATE);
        int before = nodes.received(0);
        int workers = 20;
        for (Mistake mistake : Mistake.values()) {
          FanoutStatus good = serve.fanout(FANOUT);
          file.write(mistake.way, text(nodes, mistake.line));
          awaitWithinPromise(mistake + " noticed", () -> reloadSuccessful(serve) == 0);
          FanoutStatus now = serve.fanout(FANOUT);
          assertThat(now.settings()).isEqualTo(good.settings());
          assertThat(now.generation()).isEqualTo(good.generation());
          assertThat(now.nodes()).extracting(NodeStatus::address).hasSize(2);
          assertThat(serve.stderr()).contains("config: " + file.path() + mistake.message);
          assertThat(serve.problems()).extracting(Problem::reason).contains("ConfigNotReloaded");
          assertThat(serve.problems().getFirst().message())
              .startsWith(file.path() + mistake.message);
          if (mistake == Mistake.OUT_OF_BOUNDS) {
            validateSaysSo(file, mistake);
          }

          file.write(Way.RENAMED_OVER, text(nodes, "workers: " + ++workers));
          int mended = workers;
          // The settings decide: a reload succeeds a moment before its settings are in force.
          awaitWithinPromise(mistake + " mended", () -> workers(serve) == mended);
          assertThat(reloadSuccessful(serve)).isEqualTo(1);
          assertThat(serve.problems()).isEmpty();
          assertThat(serve.fanout(FANOUT).generation()).isEqualTo(good.generation() + 1);
        }
        nodes.awaitReceived(0, before + RATE);
        List<Reply> replies = calls.stop().replies();
        serve.awaitIdle();

        assertThat(replies).extracting(Reply::outcome).containsOnly("OK 2/2");
        new History(replies, nodes)
            .loadFlowed(nodes.address(0), before, RATE)
            .delivered(History.Times.ONCE)
            .agreesWith(serve.nodes());
        LedgerCheck.agree(serve);
      }
    }
  }

  private static void validateSaysSo(EditedFile file, Mistake mistake) {
    try (ChildProcess validate = ServeProcess.launch(List.of("validate", file.path()))) {
      assertThat(validate.awaitExit(Duration.ofSeconds(60))).isEqualTo(1);
      assertThat(validate.stdout().lines()).containsExactly(file.path() + mistake.message);
    }
  }

  private static long reloadSuccessful(ServeProcess serve) {
    return serve.metrics().sum("pushfanout_config_last_reload_successful", Map.of());
  }

  private static int workers(ServeProcess serve) {
    return serve.fanout(FANOUT).settings().getInteger("workers");
  }

  private static void awaitWithinPromise(String what, Callable<Boolean> condition) {
    long since = System.nanoTime();
    await()
        .alias(what)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(condition);
    Duration took = Duration.ofNanos(System.nanoTime() - since);
    System.out.printf("BrokenConfigIT: %s after %d ms%n", what, took.toMillis());
    // The promise is 2 s; the rest is for a machine that is busy with other tests.
    assertThat(took).isLessThan(Duration.ofSeconds(6));
  }

  private static String text(PeerNodes nodes, String seventh) {
    return """
    apiVersion: pushfanout.io/v1alpha1
    kind: PushFanout
    metadata: {namespace: prod, name: chat}
    spec:
      discovery: {static: {nodes: ["%s"]}}
      queueSize: 100000
      %s
    """
        .formatted(String.join("\", \"", nodes.addresses()), seventh);
  }
}
