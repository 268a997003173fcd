package io.pushfanout.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The cache that bin/pushfanout makes for itself after a build, but not while a build tests itself.
 * The hundred starts of these tests take half of the processors' time with it.
 */
final class PreparedClasses {
  static final Path CACHE = Path.of("target", "pushfanout.aot").toAbsolutePath();

  private static final Path JAR = Path.of("target", "pushfanout.jar").toAbsolutePath();
  private static final Path LOG = Path.of("target", "aot-cache.log").toAbsolutePath();
  private static final long SECONDS = 180;

  private PreparedClasses() {}

  /** Returns when there is one of this build for the JVM of the tests. */
  static void make() {
    Made.once();
  }

  /** Its class is initialised by the first that asks; the others wait. */
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
