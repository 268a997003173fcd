package io.pushfanout.config;

import io.pushfanout.model.Printable;

/**
 * One thing that is wrong in a file.
 *
 * @param line from 1
 * @param field its path, such as {@code spec.workers}; {@code yaml} where the text is no YAML that
 *     is taken, {@code file} where it could not be read
 * @param message what is wrong, to follow a colon
 */
record Problem(int line, String field, String message) {
  static final int LONGEST_FIELD = 200;
  private static final int LONGEST_MESSAGE = 400;

  /** Both parts may quote the file: they become short, and nothing that a terminal would obey. */
  Problem {
    field = Printable.line(field, LONGEST_FIELD);
    message = Printable.line(message, LONGEST_MESSAGE);
  }

  /** {@code file:line: field: message}. */
  String in(String file) {
    return "%s:%d: %s: %s".formatted(Printable.line(file), line, field, message);
  }
}
