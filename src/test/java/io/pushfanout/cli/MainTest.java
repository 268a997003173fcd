package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pushfanout.concurrent.Threads;
import io.pushfanout.logging.LogFormat;
import io.pushfanout.logging.LogLevel;
import io.pushfanout.logging.Logging;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"--version", "serve --help"})
  void resultsThatCouldNotBeWrittenAreAFailure(String arguments) throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "there is no /dev/full here");

    assertThat(run(arguments).code()).isZero();
    ProgramRun full = run(arguments + " >/dev/full");
    assertThat(full.code()).isEqualTo(1);
    assertThat(full.err()).endsWith(": the output cannot be written to stdout\n").hasLineCount(1);
  }

  @Test
  void anErrorThatNothingCatchesIsALineOfTheLog() throws Exception {
    ProgramRun run = run("odd", Uncaught.class);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines().map(line -> new JsonObject(line).getString("message")))
        .containsExactly("thread other ended", "thread main ended");
  }

  /** A thread that ends by an error, and then a command that ends by an error. */
  static final class Uncaught {
    private Uncaught() {}

    public static void main(String[] args) throws InterruptedException {
      Logging.configure(LogLevel.INFO, LogFormat.JSON);
      Main.logUncaught();
      Threads.start("other", () -> fail(args[0])).join();
      System.exit(Main.execute(() -> fail(args[0])));
    }

    private static int fail(String why) {
      throw new LinkageError(why);
    }
  }

  private ProgramRun run(String arguments) throws Exception {
    return run(arguments, Main.class);
  }

  private ProgramRun run(String arguments, Class<?> main) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String line =
        "'%s' -cp '%s' '%s' "
            .formatted(java, System.getProperty("java.class.path"), main.getName());
    return ProgramRun.of(dir, Map.of(), List.of("sh", "-c", line + arguments));
  }
}
