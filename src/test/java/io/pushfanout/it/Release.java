package io.pushfanout.it;

import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.GoTool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A release that {@code bin/release} made of an assembled program.
 *
 * @param files their paths, as {@code bin/release} printed them
 */
record Release(List<Path> files) {
  private static final Duration WITHIN = Duration.ofMinutes(5);

  /** Makes all but the image, with the program's own version. */
  static Release make(Path program, Path folder) {
    String version = run(List.of(program.resolve("bin/pushfanout").toString(), "--version"));
    Map<String, String> environment =
        Map.of(
            "PUSHFANOUT_PROGRAM", program.toString(),
            "PUSHFANOUT_RELEASE_DIR", folder.toString(),
            "PUSHFANOUT_HELM", GoTool.HELM.path().toString(),
            "PUSHFANOUT_ENGINE", "none");
    String printed =
        run(environment, List.of("bin/release", version.strip().replace("pushfanout ", "")));
    return new Release(printed.lines().map(Path::of).toList());
  }

  /** Returns the program's archive. */
  Path archive() {
    return files.stream()
        .filter(file -> file.toString().endsWith(".tar.gz"))
        .findFirst()
        .orElseThrow();
  }

  /** Runs a program to its end and returns its output. */
  static String run(List<String> command) {
    return run(Map.of(), command);
  }

  private static String run(Map<String, String> environment, List<String> command) {
    try (ChildProcess process = ChildProcess.start("release", environment, command)) {
      if (process.awaitExit(WITHIN) != 0) {
        throw new AssertionError(process.toString());
      }
      return process.stdout();
    }
  }
}
