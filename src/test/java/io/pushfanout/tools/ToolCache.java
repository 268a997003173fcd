package io.pushfanout.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The cache of the tests' tools outside the checkout, with one entry for each tool and version. On
 * a machine with a read-only home, the cache is in the checkout.
 */
final class ToolCache {
  static final Map<String, String> ENVIRONMENT = System.getenv();

  private static final Path IN_CHECKOUT = Path.of("target", "tools", "cache").toAbsolutePath();
  private static final long PROGRESS_SECONDS = 20;

  private ToolCache() {}

  /** A function that makes one tool, complete and in its place. */
  interface Maker {
    void make() throws IOException;
  }

  static Path folder(String name, String version) {
    Path tool = Path.of("tools", name + "-" + version);
    Path shared = shared().resolve(tool);
    return Files.exists(shared) || isWritable(shared) ? shared : IN_CHECKOUT.resolve(tool);
  }

  private static Path shared() {
    String xdg = ENVIRONMENT.getOrDefault("XDG_CACHE_HOME", "");
    Path root = xdg.isEmpty() ? home().resolve(".cache") : Path.of(xdg);
    return root.resolve("pushfanout");
  }

  /**
   * Returns the home folder of HOME, as Go and npm do; the JDK's user.home is the account's folder.
   */
  private static Path home() {
    String home = ENVIRONMENT.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home") : home);
  }

  /** Returns whether a file or folder can be made at the path, with the folders above it. */
  static boolean isWritable(Path path) {
    for (Path above = path.toAbsolutePath(); above != null; above = above.getParent()) {
      if (Files.exists(above)) {
        return Files.isDirectory(above) && Files.isWritable(above);
      }
    }
    return false;
  }

  /** Returns the cache folders of Go, npm and pip, for a machine whose home is read-only. */
  private static Map<String, String> cachesOfTheirOwn() {
    Map<String, String> caches = new HashMap<>();
    if (!isWritable(home().resolve(".cache"))) {
      caches.put("GOCACHE", "go-build");
      caches.put("PIP_CACHE_DIR", "pip");
    }
    if (!isWritable(home().resolve(".npm"))) {
      caches.put("npm_config_cache", "npm");
    }
    // An existing folder is read, if it holds all modules.
    Path modules = home().resolve(Path.of("go", "pkg", "mod"));
    if (!Files.exists(modules) && !isWritable(modules)) {
      caches.put("GOMODCACHE", "go-mod");
    }
    caches.replaceAll((_, name) -> IN_CHECKOUT.resolve(name).toString());
    return caches;
  }

  /** Runs the maker unless its result exists, in one thread and one process at a time. */
  static void makeUnlessThere(Path made, Maker maker) {
    if (Files.exists(made)) {
      return;
    }
    synchronized (ToolCache.class) {
      try {
        makeFolderOf(made);
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

  private static void makeFolderOf(Path made) {
    try {
      Files.createDirectories(made.getParent());
    } catch (IOException e) {
      throw new IllegalStateException(
          "no folder can be made for it; XDG_CACHE_HOME names another place (" + e + ")", e);
    }
  }

  /** Runs a command and returns null, or the reason of its failure with all its output. */
  static @Nullable String run(ProcessBuilder command, Path log, long minutes) throws IOException {
    String program = command.command().getFirst();
    cachesOfTheirOwn().forEach(command.environment()::putIfAbsent);
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
