package io.pushfanout.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What a command may know of the process around it. Everything comes through here, so that tests
 * run commands in their own process.
 *
 * @param out results, and nothing else
 * @param err logs and errors
 * @param watched whether somebody sees err as it comes
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
   * Prints results at once.
   *
   * @throws OutputException when stdout takes no more
   */
  void print(String text) throws OutputException {
    out.print(text);
    requireWritten();
  }

  /**
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

  /** Not {@code System.out}, which would keep to itself that a disk is full. */
  private static OutputStream stdout() {
    return new FileOutputStream(FileDescriptor.out);
  }

  /** UTF-8 whatever the locale says: bodies of messages pass through. */
  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}
