package io.pushfanout.config;

import io.pushfanout.files.FileException;
import io.pushfanout.model.Printable;
import java.io.IOException;

/**
 * One thing that is wrong in a file.
 *
 * @param line from 1
 * @param field its path, such as {@code spec.workers}; {@code yaml} where the text is no YAML that
 *     is taken, {@code file} where it could not be read
 * @param message what is wrong, to follow a colon
 */
record FileProblem(int line, String field, String message) {
  static final int LONGEST_FIELD = 200;
  private static final int LONGEST_MESSAGE = 400;

  /** Both parts may quote the file: they become short, and nothing that a terminal would obey. */
  FileProblem {
    field = Printable.line(field, LONGEST_FIELD);
    message = Printable.line(message, LONGEST_MESSAGE);
  }

  /** A file, or a directory, that cannot be read. */
  static FileProblem of(IOException e) {
    return new FileProblem(1, "file", FileException.why(e));
  }

  /** {@code file:line: field: message}. */
  String in(String file) {
    return "%s:%d: %s: %s".formatted(Printable.line(file), line, field, message);
  }
}
