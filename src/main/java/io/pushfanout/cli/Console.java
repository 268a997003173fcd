package io.pushfanout.cli;

import io.pushfanout.posix.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The environment and streams of the process. Commands use no other access to them, so that tests
 * can run commands in their own process.
 *
 * @param environment variables of the process
 * @param in input of commands
 * @param out results only
 * @param err logs and errors
 * @param watched whether a user sees err as it is written
 * @param shown whether out is a terminal
 */
public record Console(
    Map<String, String> environment,
    InputStream in,
    PrintWriter out,
    PrintWriter err,
    BooleanSupplier watched,
    BooleanSupplier shown) {

  /**
   * Prints results immediately.
   *
   * @throws OutputException when stdout rejects the output
   */
  void print(String text) throws OutputException {
    out.print(text);
    requireWritten();
  }

  /**
   * Checks that all results so far were written.
   *
   * @throws OutputException when any results so far were lost
   */
  void requireWritten() throws OutputException {
    if (out.checkError()) {
      throw new OutputException();
    }
  }

  static Console ofProcess() {
    return new Console(
        System.getenv(),
        System.in,
        writer(stdout()),
        writer(System.err),
        Terminal::isStderr,
        Terminal::isStdout);
  }

  /** Returns stdout without {@code System.out}, which hides write errors such as a full disk. */
  private static OutputStream stdout() {
    return new FileOutputStream(FileDescriptor.out);
  }

  /** Returns a UTF-8 writer, independent of the locale: message bodies pass through. */
  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /** A failure to write results to stdout: its reader has gone, or its disk is full. */
  static final class OutputException extends IOException {
    private static final String LOST = "the output cannot be written to stdout";

    OutputException() {
      super(LOST);
    }

    /**
     * Creates a failure of a command that did its work before.
     *
     * @param done completed work, as the beginning of a sentence
     */
    OutputException(String done) {
      super(done + ", but " + LOST);
    }
  }
}
