package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.GoTool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A runner of Prometheus' own checker of rules and queries. */
final class Promtool {
  private Promtool() {}

  /** Runs the checker on files, and fails with its output if it reports a fault. */
  static void passes(List<Path> files, String... command) {
    List<String> all = new ArrayList<>(List.of(GoTool.PROMTOOL.path().toString()));
    all.addAll(List.of(command));
    files.forEach(file -> all.add(file.toString()));
    try (ChildProcess promtool = ChildProcess.start("promtool", Map.of(), all)) {
      int code = promtool.awaitExit(Duration.ofMinutes(5));
      assertThat(code).as(promtool.stdout() + promtool.stderr()).isZero();
    }
  }
}
