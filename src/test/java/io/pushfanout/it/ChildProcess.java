package io.pushfanout.it;

import static org.awaitility.Awaitility.await;

import io.pushfanout.tools.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that a test has started, and that ends with it. What it says goes to files under
 * target/it, where it can still be read when a test has failed.
 */
final class ChildProcess implements AutoCloseable {
  private static final Path LOGS = Path.of("target", "it").toAbsolutePath();
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final Process process;
  private final Path out;
  private final Path err;

  private ChildProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts the command in the project's directory. Its stdin stays open until {@link #close}. */
  static ChildProcess start(String name, Map<String, String> environment, List<String> command) {
    Path out = file(name + ".out");
    Path err = file(name + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    try {
      return new ChildProcess(builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command, e);
    }
  }

  /** A fresh file name under target/it. */
  static Path file(String name) {
    try {
      Files.createDirectories(LOGS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return LOGS.resolve(
        "%d-%03d-%s".formatted(ProcessHandle.current().pid(), COUNTER.incrementAndGet(), name));
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Sends a signal, such as TERM, to this process alone. */
  void signal(String signal) {
    Signal.send(signal, process);
  }

  /** Waits for its end and returns its exit code. */
  int awaitExit(Duration atMost) {
    try {
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(this + " has not ended within " + atMost);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return process.exitValue();
  }

  /** Waits for a line on stdout or stderr, and says what the process said when it never comes. */
  void awaitLine(String start, Duration atMost) {
    await()
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              boolean alive = isAlive();
              boolean said = hasLine(start);
              if (!alive && !said) {
                throw new AssertionError("ended without a line \"" + start + "\": " + this);
              }
              return said;
            });
  }

  private boolean hasLine(String start) {
    return stdout().lines().anyMatch(line -> line.startsWith(start))
        || stderr().lines().anyMatch(line -> line.startsWith(start));
  }

  String stdout() {
    return read(out);
  }

  String stderr() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it at once, frozen or not. */
  @Override
  public void close() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted", e);
  }

  @Override
  public String toString() {
    return "process %d (%s):%n%s%s".formatted(process.pid(), out, stdout(), stderr());
  }
}
