package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real {@code bin/pushfanout} of this build. */
class LauncherIT {
  @TempDir Path dir;

  @Test
  void versionIsTheOneLineOnStdout() throws Exception {
    ProgramRun run = launch(Map.of(), "--version");

    assertThat(run.code()).isZero();
    assertThat(run.out()).matches("pushfanout [0-9]+\\.[0-9]+\\.[0-9]+\\S*\n");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void helpExitsWithZeroAndGoesToStdout() throws Exception {
    ProgramRun run = launch(Map.of(), "serve", "--help");

    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("Usage: pushfanout serve");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void anUnknownCommandExitsWithTwo() throws Exception {
    ProgramRun run = launch(Map.of(), "conquer");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("pushfanout: conquer: no such command; there are serve,")
        .endsWith("\nTry 'pushfanout --help'.\n")
        .hasLineCount(2);
  }

  @Test
  void theEnvironmentIsReadAndArgumentsAreUtf8InEveryLocale() throws Exception {
    Map<String, String> ascii =
        Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", "C", "PUSHFANOUT_HTTP_PORT", "80808");

    assertThat(launch(ascii, "serve").err())
        .startsWith(
            "pushfanout serve: --http-port (PUSHFANOUT_HTTP_PORT): must be from 0 to 65535");
    assertThat(launch(ascii, "größer").err()).startsWith("pushfanout: größer: no such command;");
  }

  private ProgramRun launch(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bin/pushfanout"));
    command.addAll(List.of(arguments));
    return ProgramRun.of(dir, environment, command);
  }
}
