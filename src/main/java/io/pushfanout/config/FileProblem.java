package io.pushfanout.config;

import io.pushfanout.reload.FileException;
import io.pushfanout.text.Printable;
import java.io.IOException;

/**
 * A problem of a file.
 *
 * @param line number from 1
 * @param field path such as {@code spec.workers}; {@code yaml} if the text is malformed or
 *     unsupported YAML, {@code file} if the file could not be read
 * @param message the problem, to follow a colon
 */
record FileProblem(int line, String field, String message) {
  static final int LONGEST_FIELD = 200;
  private static final int LONGEST_MESSAGE = 400;

  /** Shortens both texts and makes them printable: they may quote terminal escapes of the file. */
  FileProblem {
    field = Printable.line(field, LONGEST_FIELD);
    message = Printable.line(message, LONGEST_MESSAGE);
  }

  /** Returns the problem of a file or directory that cannot be read. */
  static FileProblem of(IOException e) {
    return new FileProblem(1, "file", FileException.why(e));
  }

  /** Returns {@code file:line: field: message}. */
  String in(String file) {
    return "%s:%d: %s: %s".formatted(Printable.line(file), line, field, message);
  }
}
