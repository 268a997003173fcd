package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  private ProgramRun run(String arguments) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String line =
        "'%s' -cp '%s' %s "
            .formatted(java, System.getProperty("java.class.path"), Main.class.getName());
    return ProgramRun.of(dir, Map.of(), List.of("sh", "-c", line + arguments));
  }
}
