package io.pushfanout.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The cache that bin/pushfanout makes after a build, except while a build tests itself. The cache
 * halves the processor time of these tests' hundred starts.
 */
final class PreparedClasses {
  static final Path CACHE = Path.of("target", "pushfanout.aot").toAbsolutePath();

  private static final Path JAR = Path.of("target", "pushfanout.jar").toAbsolutePath();
  private static final Path LOG = Path.of("target", "aot-cache.log").toAbsolutePath();
  private static final long SECONDS = 180;

  private PreparedClasses() {}

  /** Makes the cache of this build for the JVM of the tests, unless there is one. */
  static void make() {
    Made.once();
  }

  /**
   * A holder that makes the cache in its initialiser: the first thread runs it, and the others
   * wait.
   */
  private static final class Made {
    static {
      try {
        if (!Files.exists(CACHE)
            || Files.getLastModifiedTime(CACHE).compareTo(Files.getLastModifiedTime(JAR)) < 0) {
          run();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }

    static void once() {}

    private static void run() throws IOException, InterruptedException {
      Process process =
          new ProcessBuilder(
                  Path.of("bin", "aot-cache").toAbsolutePath().toString(),
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  JAR.toString())
              .redirectErrorStream(true)
              .redirectOutput(LOG.toFile())
              .start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError("no cache was made: " + Files.readString(LOG));
      }
    }
  }
}
