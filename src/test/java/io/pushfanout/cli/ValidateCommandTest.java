package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateCommandTest {
  private static final String GOOD =
      """
      apiVersion: pushfanout.io/v1alpha1
      kind: PushFanout
      metadata:
        name: chat
      """;

  @TempDir private Path folder;

  @Test
  void goodFilesAreCountedOnStdout() throws Exception {
    Path file = Files.writeString(folder.resolve("a.yaml"), GOOD);

    assertThat(CommandRun.of("validate", file.toString()))
        .isEqualTo(new CommandRun(0, file + ": 1 PushFanout, valid\n", ""));
  }

  @Test
  void eachErrorIsALineOnStdoutAndTheCommandFails() throws Exception {
    Path good = Files.writeString(folder.resolve("a.yaml"), GOOD);
    Path bad =
        Files.writeString(
            folder.resolve("b.yaml"),
            GOOD.replace("chat", "news") + "spec:\n  workers: 0\n  queueSize: \"5\"\n");

    assertThat(CommandRun.of("validate", good.toString(), bad.toString()))
        .isEqualTo(
            new CommandRun(
                1,
                """
                %1$s: 1 PushFanout, valid
                %2$s:6: spec.workers: must be from 1 to 1024, is 0
                %2$s:7: spec.queueSize: must be a whole number, is the string "5"
                """
                    .formatted(good, bad),
                ""));
  }
}
