package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The check of {@code .ci/run} for the tools of the tests, beside a Maven that only prints its
 * arguments.
 */
class CiRunTest {
  @TempDir Path dir;

  @BeforeEach
  void aCheckout() throws IOException {
    executable(dir.resolve(".ci/run"), Files.readString(Path.of(".ci/run")));
    Files.createDirectories(dir.resolve("src/test/go/peer"));
    program("mvn", "echo \"mvn $*\"");
    for (String needed : List.of("chromium", "python3", "nginx", "npm")) {
      program(needed, "exit 0");
    }
    Files.createSymbolicLink(onPath("bash"), Path.of("/bin/bash"));
    Files.createSymbolicLink(onPath("dirname"), Path.of("/usr/bin/dirname"));
    Files.createSymbolicLink(onPath("sh"), Path.of("/bin/sh"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"go1.26", "go1.26.8", "go1.30.1", "go2.0"})
  void aGoThatIsNewEnoughIsTaken(String version) throws Exception {
    program("go", "echo " + version);

    ProgramRun run = run();

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo("mvn -B -ntp verify\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"go1.19.8", "go1.25.12"})
  void aGoThatIsTooOldIsNamed(String version) throws Exception {
    program("go", "echo " + version);

    assertNoGo(version);
  }

  @Test
  void aGoThatCannotFetchANewerOneIsNamed() throws Exception {
    program("go", "test \"$GOTOOLCHAIN\" = local || exit 1; echo go1.24.4");

    assertNoGo("go1.24.4");
  }

  @Test
  void aMissingGoIsNamed() throws Exception {
    assertNoGo("none");
  }

  @ParameterizedTest
  @CsvSource({
    "mvn, maven",
    "python3, python3",
    "chromium, chromium",
    "nginx, nginx",
    "npm, nodejs npm",
  })
  void aMissingProgramIsNamedWithItsPackages(String program, String packages) throws Exception {
    program("go", "echo go1.26");
    program("id", "echo 1000");
    Files.delete(onPath(program));

    assertMissing(program, packages);
  }

  @Test
  void aPythonWithoutVenvIsNamed() throws Exception {
    program("go", "echo go1.26");
    program("id", "echo 1000");
    program("python3", "exit 1");

    assertMissing("Python with venv", "python3-venv");
  }

  private void assertMissing(String program, String packages) throws Exception {
    ProgramRun run = run();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            ".ci/run: the tests need %s: install it (on Debian: apt-get install %s)"
                    .formatted(program, packages)
                + " and run this again\n");
  }

  private void assertNoGo(String found) throws Exception {
    ProgramRun run = run();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            ".ci/run: the tests need go 1.26 or later, found %s:".formatted(found)
                + " install it (https://go.dev/dl) and run this again\n");
  }

  private ProgramRun run() throws Exception {
    Map<String, String> environment = Map.of("PATH", dir.resolve("path").toString());
    return ProgramRun.of(dir, environment, List.of(dir.resolve(".ci/run").toString()));
  }

  private Path onPath(String program) {
    return dir.resolve("path").resolve(program);
  }

  private void program(String name, String script) throws IOException {
    executable(onPath(name), "#!/bin/sh\n" + script + "\n");
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
