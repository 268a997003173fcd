package io.pushfanout.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Searches inputs that the kept seeds lack, with Jazzer, guided by the code that an input reaches.
 * It runs only in {@code mvn test -Pfuzz}, each target for {@code -Dfuzz.seconds} in a process of
 * its own, since Jazzer instruments all code of its process.
 */
class LongFuzz {
  private static final int SECONDS = Integer.getInteger("pushfanout.fuzz.seconds", 60);
  private static final Path HOME = Path.of("target", "fuzz").toAbsolutePath();
  private static final int LONGEST_INPUT = 16 << 10;
  private static final int SECONDS_FOR_ONE_INPUT = 30;

  /** The code whose branches guide the search. */
  private static final String GUIDES =
      "io.pushfanout.**:org.snakeyaml.**:com.fasterxml.jackson.core.**";

  /** Class of Jazzer's hooks that forbid connections, which conversations with a server need. */
  private static final String DISABLED_HOOKS =
      "com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery";

  /** Seconds for the start on a busy machine, and for one input that hangs. */
  private static final int GRACE_SECONDS = 600;

  static Stream<FuzzTarget> targets() {
    String only = System.getProperty("pushfanout.fuzz.target", "");
    return FuzzTargets.ALL.stream().filter(t -> only.isEmpty() || t.name().equals(only));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void nothingIsFound(FuzzTarget target) throws Exception {
    Path home = HOME.resolve(target.name());
    Path log = HOME.resolve(target.name() + ".log");
    Files.createDirectories(home.resolve("corpus"));

    Process jazzer =
        new ProcessBuilder(command(target, home))
            .directory(Path.of("").toAbsolutePath().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(jazzer.waitFor(SECONDS + GRACE_SECONDS, TimeUnit.SECONDS)).as("ends").isTrue();
    } finally {
      jazzer.destroyForcibly();
    }

    System.out.println(target.name() + ": " + lastLine(log));
    assertThat(jazzer.exitValue())
        .as(
            "%s; the input lies in %s: keep it in %s once it is mended",
            log, home, Seeds.folder(target))
        .isZero();
  }

  private static List<String> command(FuzzTarget target, Path home) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:+EnableDynamicAgentLoading",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dpushfanout.fuzz.target=" + target.name(),
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + JazzerTarget.class.getName(),
            "--instrumentation_includes=" + GUIDES,
            "--custom_hook_includes=" + GUIDES,
            "--disabled_hooks=" + DISABLED_HOOKS,
            "--reproducer_path=" + home,
            "-artifact_prefix=" + home + "/",
            "-max_total_time=" + SECONDS,
            "-max_len=" + LONGEST_INPUT,
            "-timeout=" + SECONDS_FOR_ONE_INPUT,
            home.resolve("corpus").toString(),
            Seeds.folder(target).toString()));
    return command;
  }

  private static String lastLine(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.startsWith("#") || line.startsWith("Done"))
        .reduce("no input was tried", (_, line) -> line);
  }
}
