package io.pushfanout.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where the tests' tools are kept: outside the checkout, each made once for each version. */
final class ToolCache {
  static final Map<String, String> ENVIRONMENT = System.getenv();

  private static final long PROGRESS_SECONDS = 20;

  private ToolCache() {}

  /** Makes one thing; leaves it where it is expected, and complete. */
  interface Maker {
    void make() throws IOException;
  }

  static Path folder(String name, String version) {
    String xdg = ENVIRONMENT.getOrDefault("XDG_CACHE_HOME", "");
    // As Go and npm do: the JDK's user.home is of the account, whatever HOME is.
    String home = ENVIRONMENT.getOrDefault("HOME", "");
    String user = home.isEmpty() ? System.getProperty("user.home") : home;
    Path root = xdg.isEmpty() ? Path.of(user, ".cache") : Path.of(xdg);
    return root.resolve(Path.of("pushfanout", "tools", name + "-" + version));
  }

  /** One thread and one process at a time; whoever comes later finds what the first has made. */
  static void makeUnlessThere(Path made, Maker maker) {
    if (Files.exists(made)) {
      return;
    }
    synchronized (ToolCache.class) {
      try {
        Files.createDirectories(made.getParent());
        try (FileChannel lock =
                FileChannel.open(
                    made.resolveSibling("lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            FileLock _ = lock.lock()) {
          if (!Files.exists(made)) {
            maker.make();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Null, or why it did not succeed, with all that it said. */
  static @Nullable String run(ProcessBuilder command, Path log, long minutes) throws IOException {
    String program = command.command().getFirst();
    Process process;
    try {
      process = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    } catch (IOException e) {
      return program + " does not start: " + e.getMessage();
    }
    try {
      long seconds = 0;
      while (!process.waitFor(PROGRESS_SECONDS, TimeUnit.SECONDS)) {
        seconds += PROGRESS_SECONDS;
        System.err.printf("tools: %s has run for %d s%n", program, seconds);
        if (seconds >= minutes * 60) {
          return program + " took more than " + minutes + " minutes";
        }
      }
      return process.exitValue() == 0 ? null : program + " failed:\n" + Files.readString(log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
