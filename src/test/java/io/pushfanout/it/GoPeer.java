package io.pushfanout.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The peer's program, built once for each JVM. */
final class GoPeer {
  /** Downloads what it needs the first time. */
  private static final long BUILD_SECONDS = 300;

  private GoPeer() {}

  static Path program() {
    return Built.PROGRAM;
  }

  /** Its class is initialised by the first that asks, and by nobody else. */
  private static final class Built {
    static final Path PROGRAM = build();

    private static Path build() {
      // Tests run in several JVMs, and nobody can write a program that runs.
      Path program = Path.of("target", "peer-" + ProcessHandle.current().pid()).toAbsolutePath();
      try {
        Process go =
            new ProcessBuilder("go", "build", "-o", program.toString(), ".")
                .directory(Path.of("src", "test", "go", "peer").toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(go.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!go.waitFor(BUILD_SECONDS, TimeUnit.SECONDS) || go.exitValue() != 0) {
          throw new IllegalStateException("the Go peer does not build: " + said);
        }
        return program;
      } catch (IOException e) {
        throw new UncheckedIOException("these tests need Go 1.26 or later on the PATH", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }
}
