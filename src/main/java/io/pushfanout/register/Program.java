package io.pushfanout.register;

import com.google.common.base.Splitter;
import io.pushfanout.posix.Signal;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.Printable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A started program that has the stdin, stdout and stderr of this process. */
final class Program {
  private static final Logger log = LoggerFactory.getLogger(Program.class);

  private final String name;
  private final Process process;

  private Program(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /**
   * Starts a program.
   *
   * @param command the program, looked up in the PATH unless it has a slash, and its arguments
   * @throws ProgramException if the program cannot be started
   */
  static Program start(List<String> command) throws ProgramException {
    String name = Printable.line(command.getFirst());
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    try {
      Program program = new Program(name, builder.start());
      log.info("started {} as process {}", name, program.process.pid());
      return program;
    } catch (IOException e) {
      if (!isFile(command.getFirst(), builder.environment().get("PATH"))) {
        throw new ProgramException(
            ProgramException.NOT_FOUND, name + ": cannot be started: no such file");
      }
      log.debug("{} was not started", name, e);
      throw new ProgramException(
          ProgramException.NOT_RUNNABLE,
          name + ": cannot be started: the file exists, but is no program for this user");
    }
  }

  private static boolean isFile(String name, @Nullable String path) {
    if (name.indexOf(File.separatorChar) >= 0) {
      return Files.exists(Path.of(name));
    }
    return Splitter.on(File.pathSeparatorChar)
        .splitToStream(Objects.requireNonNullElse(path, ""))
        .anyMatch(folder -> Files.isRegularFile(Path.of(folder, name)));
  }

  /** Returns a future that the end of the program completes. */
  CompletableFuture<?> ended() {
    return process.onExit();
  }

  /** Waits for the end; returns whether the program ended in time. */
  boolean awaitEnd(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Sends the program a signal. */
  void send(Signal signal) {
    signal.send(process.toHandle());
  }

  /** Waits for the end, and kills the program at the limit. */
  void endWithin(Duration limit) throws InterruptedException {
    if (!awaitEnd(limit)) {
      log.warn("{} has not ended within {} and is killed", name, DurationFormat.format(limit));
      kill();
      process.waitFor();
    }
  }

  /** Sends SIGKILL to the program. */
  void kill() {
    process.destroyForcibly();
  }

  /** Returns the exit code of an ended program; 128 and the signal's number for a killed one. */
  int exitCode() {
    int code = process.exitValue();
    log.info("{} ended with exit code {}", name, code);
    return code;
  }
}
