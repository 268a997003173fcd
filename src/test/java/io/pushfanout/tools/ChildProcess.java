package io.pushfanout.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A process that a test has started, and that ends with the test. Its output goes to files under
 * target/it, which need no reader and remain after a failed test.
 */
public final class ChildProcess implements AutoCloseable {
  private static final Path LOGS = Path.of("target", "it").toAbsolutePath();
  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static final long POLL_NANOS = 20_000_000;

  private final Process process;
  private final Path out;
  private final Path err;

  private ChildProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts the command in the project's directory. Its stdin stays open until {@link #close}. */
  public static ChildProcess start(
      String name, Map<String, String> environment, List<String> command) {
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

  /** Returns a fresh file name under target/it. */
  public static Path file(String name) {
    try {
      Files.createDirectories(LOGS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return LOGS.resolve(
        "%d-%03d-%s".formatted(ProcessHandle.current().pid(), COUNTER.incrementAndGet(), name));
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Sends a signal, such as TERM, to this process alone. */
  public void signal(String signal) {
    Signal.send(signal, process);
  }

  /** Waits for the end of the process and returns its exit code. */
  public int awaitExit(Duration atMost) {
    try {
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(this + " has not ended within " + atMost);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return process.exitValue();
  }

  /** Waits for a line on stdout or stderr with the prefix. */
  public void awaitLine(String start, Duration atMost) {
    awaitOutput(line -> line.startsWith(start), "a line \"" + start + "\"", atMost);
  }

  /**
   * Waits for a line on stdout or stderr that contains the text.
   *
   * @throws AssertionError if the line does not appear; has the output, and the process is ended
   */
  public void awaitText(String text, Duration atMost) {
    awaitOutput(line -> line.contains(text), "\"" + text + "\"", atMost);
  }

  private void awaitOutput(Predicate<String> wanted, String name, Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    while (true) {
      boolean alive = isAlive();
      if (stdout().lines().anyMatch(wanted) || stderr().lines().anyMatch(wanted)) {
        return;
      }
      if (!alive || System.nanoTime() - end >= 0) {
        String how = alive ? "printed within " + atMost + " not " : "ended without ";
        AssertionError failed = new AssertionError(how + name + ": " + this);
        close();
        throw failed;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Writes to the stdin of the process. */
  public void write(String text) {
    try {
      process.outputWriter().append(text).flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String stdout() {
    return read(out);
  }

  public String stderr() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the process at once, stopped or not; its output remains. */
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
