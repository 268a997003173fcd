package io.pushfanout.discovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An etcd for tests: what {@code PUSHFANOUT_ETCD} names (a system property or an environment
 * variable); else the one in the cache, outside the checkout; else Go builds it into there, once
 * and in about a minute; else, without Go, an etcd on the PATH, 3.4 or later.
 */
public final class EtcdBinary {
  private static final String VERSION = "3.6.16";
  private static final String NAMED = "PUSHFANOUT_ETCD";
  private static final long BUILD_MINUTES = 20;
  private static final Pattern SAID = Pattern.compile("etcd Version: (\\d+)\\.(\\d+)\\.");
  private static final Map<String, String> ENVIRONMENT = System.getenv();

  private EtcdBinary() {}

  /** The program; found or built by the first that asks. */
  public static Path program() {
    return Found.PROGRAM;
  }

  private static final class Found {
    static final Path PROGRAM = find();
  }

  private static Path find() {
    String named = System.getProperty(NAMED, ENVIRONMENT.get(NAMED));
    if (named != null && !named.isEmpty()) {
      return Path.of(named);
    }
    Path cached = cache().resolve("etcd");
    if (Files.isExecutable(cached)) {
      return cached;
    }
    String whyNot = build(cached);
    if (whyNot == null) {
      return cached;
    }
    return onPath()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "these tests need etcd: set %s, or install Go, or etcd 3.4 or later; %s"
                        .formatted(NAMED, whyNot)));
  }

  private static Path cache() {
    String xdg = ENVIRONMENT.getOrDefault("XDG_CACHE_HOME", "");
    Path root = xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
    return root.resolve(Path.of("pushfanout", "tools", "etcd-" + VERSION));
  }

  /** Builds it unless another process did meanwhile; null, or why it could not. */
  private static @Nullable String build(Path program) {
    try {
      Files.createDirectories(program.getParent());
      try (FileChannel lock =
              FileChannel.open(
                  program.resolveSibling("lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock _ = lock.lock()) {
        return Files.isExecutable(program) ? null : buildAlone(program);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable String buildAlone(Path program) throws IOException {
    System.err.printf("etcd %s is built by Go, once, into %s%n", VERSION, program.getParent());
    Path fresh = program.resolveSibling("etcd.new");
    ProcessBuilder go =
        new ProcessBuilder(
                List.of(
                    "go",
                    "build",
                    "-trimpath",
                    "-ldflags=-s -w",
                    "-o",
                    fresh.toString(),
                    "go.etcd.io/etcd/server/v3"))
            .directory(Path.of("tools", "etcd").toFile());
    go.environment().put("CGO_ENABLED", "0");
    String said;
    try {
      said = output(go, BUILD_MINUTES);
    } catch (IOException e) {
      return "Go does not start: " + e.getMessage();
    }
    if (!Files.isExecutable(fresh)) {
      return "Go said: " + said;
    }
    Files.move(fresh, program, StandardCopyOption.ATOMIC_MOVE);
    return null;
  }

  private static Optional<Path> onPath() {
    return Stream.of(ENVIRONMENT.getOrDefault("PATH", "").split(":"))
        .map(dir -> Path.of(dir, "etcd"))
        .filter(Files::isExecutable)
        .filter(EtcdBinary::isNewEnough)
        .findFirst();
  }

  private static boolean isNewEnough(Path program) {
    try {
      Matcher said = SAID.matcher(output(new ProcessBuilder(program.toString(), "--version"), 1));
      return said.find()
          && Integer.parseInt(said.group(1)) * 1000 + Integer.parseInt(said.group(2)) >= 3004;
    } catch (IOException _) {
      return false;
    }
  }

  private static String output(ProcessBuilder command, long minutes) throws IOException {
    Process process = command.redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      process.waitFor(minutes, TimeUnit.MINUTES);
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
