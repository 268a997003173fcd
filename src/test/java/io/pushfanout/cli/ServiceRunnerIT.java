package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.tools.Signal;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real signals to a real process. */
class ServiceRunnerIT {
  private static final String LISTENING = "pushfanout: listening grpc=[::1]:1 http=[::1]:2\n";

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void oneSignalStopsInGoodOrderAndExitsWithZero(String signal) throws Exception {
    ProgramRun.Running program = start();
    awaitLine(program, LISTENING);

    Signal.send(signal, program.process());

    assertThat(program.end())
        .isEqualTo(new ProgramRun(0, "", LISTENING + "stopping\npushfanout: nothing left\n"));
  }

  @Test
  void aSecondOneEndsAtOnceWithTheLastLineAndExitsWithOne() throws Exception {
    ProgramRun.Running program = start("hang");
    awaitLine(program, LISTENING);
    Signal.send("TERM", program.process());
    awaitLine(program, "stopping\n");

    Signal.send("INT", program.process());

    assertThat(program.end())
        .isEqualTo(new ProgramRun(1, "", LISTENING + "stopping\npushfanout: 7 left\n"));
  }

  @Test
  void inJsonModeBothLinesAreTheMessagesOfObjects() throws Exception {
    ProgramRun.Running program = start("json");
    awaitLine(program, "http=[::1]:2\"}\n");

    Signal.send("TERM", program.process());

    List<String> messages =
        program
            .end()
            .err()
            .lines()
            .filter(line -> !line.equals("stopping"))
            .map(line -> new JsonObject(line).getString("message"))
            .toList();
    assertThat(messages)
        .containsExactly(
            "pushfanout: listening grpc=[::1]:1 http=[::1]:2", "pushfanout: nothing left");
  }

  private ProgramRun.Running start(String... arguments) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = "target/test-classes:target/pushfanout.jar";
    List<String> command = new ArrayList<>();
    if (System.getProperty("os.name").equals("Linux")) {
      // Tests in the background ignore SIGINT, and children inherit that.
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    command.addAll(List.of(java, "-cp", classPath, ServiceRunnerProbe.class.getName()));
    command.addAll(List.of(arguments));
    return ProgramRun.begin(dir, Map.of(), command);
  }

  private static void awaitLine(ProgramRun.Running program, String line) {
    await().atMost(Duration.ofSeconds(30)).until(() -> program.errSoFar().endsWith(line));
  }
}
