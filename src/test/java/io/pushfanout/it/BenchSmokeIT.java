package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.ChildProcess;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** A short run of all measuring programs, which must work and count. The test asserts no speed. */
class BenchSmokeIT {
  private static final Duration ENDS_WITHIN = Duration.ofMinutes(3);
  private static final int NODES = 2;

  /** The reason of bench/run for a floor that is left out. */
  private static final String NO_COMPILER = "no C compiler (cc) is here";

  @Test
  @EnabledIfSystemProperty(named = "pushfanout.long", matches = "true")
  void everyManagerIsMeasuredAndEveryDeliveryCounted() {
    JsonObject seen = new JsonObject(run("bench/run", "--smoke", "--no-build"));

    assertThat(seen.fieldNames())
        .containsExactly(
            "floor",
            "floor-share",
            "floor-stream",
            "go",
            "go-gogc800-tls",
            "unary",
            "stream",
            "unary-tls",
            "unary-tokens");
    for (String manager : seen.fieldNames()) {
      JsonObject measured = seen.getJsonObject(manager);
      if (NO_COMPILER.equals(measured.getString("skipped"))) {
        assertThat(manager).startsWith("floor");
        continue;
      }
      assertThat(measured.getString("skipped")).as(manager).isNull();
      assertCounted(manager, measured.getJsonObject("small"), 50);
      assertCounted(manager, measured.getJsonObject("large"), 15);
      assertThat(measured.getJsonObject("closed").getInteger("delivered")).as(manager).isPositive();
      assertThat(measured.getLong("memory")).as(manager).isGreaterThan(1 << 20);
    }
  }

  private static void assertCounted(String manager, JsonObject load, int sent) {
    assertThat(load.getInteger("sent")).as(manager).isEqualTo(sent);
    assertThat(load.getInteger("delivered")).as(manager).isEqualTo(NODES * sent);
    assertThat(load.getInteger("lost")).as(manager).isZero();
    assertThat(load.getInteger("failed")).as(manager).isZero();
    assertThat(load.getJsonObject("endToEndUs").getInteger("count"))
        .as(manager)
        .isEqualTo(NODES * sent);
  }

  @Test
  void theProgramsTestsPass() {
    try (ChildProcess go = start("go", "-C", "bench/go", "test", "./...")) {
      assertThat(go.awaitExit(ENDS_WITHIN)).as("%s", go).isZero();
    }
  }

  @Test
  void theRunsTestsPass() {
    run("python3", "-m", "unittest", "discover", "-s", "bench", "-p", "*_test.py");
  }

  @Test
  void thePageHasTheMeasuredNumbers() {
    run("bench/report", "--check");
  }

  @Test
  void everyMicrobenchmarkRuns() throws Exception {
    // A benchmark of another process on this machine must not stop this run.
    System.setProperty("jmh.ignoreLock", "true");
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(20))
                    .verbosity(VerboseMode.SILENT)
                    .shouldFailOnError(true)
                    .build())
            .run();

    assertThat(results)
        .extracting(result -> result.getParams().getBenchmark())
        .containsOnly(
            "io.pushfanout.fanout.QueueBenchmark.evictingTheOldest",
            "io.pushfanout.fanout.QueueBenchmark.refusedByAFullQueue",
            "io.pushfanout.fanout.QueueBenchmark.throughABusyQueue",
            "io.pushfanout.fanout.QueueBenchmark.throughAnIdleQueue",
            "io.pushfanout.http2.FramingBenchmark.unaryCall",
            "io.pushfanout.plan.PlanBenchmark.hostileOverridesEdited",
            "io.pushfanout.plan.PlanBenchmark.hostileOverridesKnown",
            "io.pushfanout.plan.PlanBenchmark.resizedAll",
            "io.pushfanout.plan.PlanBenchmark.unchanged",
            "io.pushfanout.server.AccessBenchmark.ofCallersByTurns",
            "io.pushfanout.server.AccessBenchmark.ofTheSameCaller");
    assertThat(results)
        .allSatisfy(result -> assertThat(result.getPrimaryResult().getScore()).isPositive());
  }

  private static String run(String... command) {
    try (ChildProcess process = start(command)) {
      assertThat(process.awaitExit(ENDS_WITHIN)).as("%s", process).isZero();
      return process.stdout();
    }
  }

  private static ChildProcess start(String... command) {
    return ChildProcess.start(
        Path.of(command[0]).getFileName().toString(),
        Map.of("PUSHFANOUT_JAVA_HOME", System.getProperty("java.home")),
        List.of(command));
  }
}
