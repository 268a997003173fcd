package io.pushfanout.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A program outside this process that has ended. */
record ProgramRun(int code, String out, String err) {
  /**
   * Runs a program to its end.
   *
   * @param scratch a directory for the program's output
   * @param environment variables that replace those of this process
   */
  static ProgramRun of(Path scratch, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    return begin(scratch, environment, command).end();
  }

  /** Starts a program, and returns while it runs. */
  static Running begin(Path scratch, Map<String, String> environment, List<String> command)
      throws IOException {
    Path out = Files.createTempFile(scratch, "stdout", "");
    Path err = Files.createTempFile(scratch, "stderr", "");
    ProcessBuilder builder = new ProcessBuilder("sh", script(scratch, command).toString());
    builder.environment().putAll(environment);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new Running(builder.start(), out, err);
  }

  /**
   * Writes the command into a UTF-8 file: a JVM with an ASCII locale cannot pass other characters
   * itself.
   */
  private static Path script(Path scratch, List<String> command) throws IOException {
    String words =
        command.stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    return Files.writeString(Files.createTempFile(scratch, "script", ""), "exec " + words + "\n");
  }

  /** A program that has not ended yet. */
  record Running(Process process, Path out, Path err) {
    String errSoFar() {
      try {
        return Files.readString(err);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    ProgramRun end() throws IOException, InterruptedException {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("does not end; it said: " + errSoFar());
      }
      return new ProgramRun(process.exitValue(), Files.readString(out), errSoFar());
    }
  }
}
