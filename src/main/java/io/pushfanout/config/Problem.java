package io.pushfanout.config;

import java.util.regex.Pattern;

/**
 * One thing that is wrong in a file.
 *
 * @param line from 1
 * @param field its path, such as {@code spec.workers}; {@code yaml} where the text is no YAML that
 *     is taken, {@code file} where it could not be read
 * @param message what is wrong, to follow a colon
 */
record Problem(int line, String field, String message) {
  private static final int LONGEST_FIELD = 200;
  private static final int LONGEST_MESSAGE = 400;

  /** Control, format and unassigned characters, and separators of lines. */
  private static final Pattern OBEYED = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

  /** Both parts may quote the file: they become short, and nothing that a terminal would obey. */
  Problem {
    field = printable(cut(field, LONGEST_FIELD));
    message = printable(cut(message, LONGEST_MESSAGE));
  }

  /** {@code file:line: field: message}. */
  String in(String file) {
    return "%s:%d: %s: %s".formatted(printable(file), line, field, message);
  }

  static String printable(String text) {
    return OBEYED.matcher(text).replaceAll("?");
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }
}
