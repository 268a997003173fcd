package io.pushfanout.app;

/**
 * Text on its way to a terminal or a log. What comes from outside (a registration, a roomId, an
 * error of a peer) must not be able to end its line and forge another, nor steer a terminal.
 */
final class Printable {
  private Printable() {}

  /** One line: control characters, separators of lines and invisible ones stand as escapes. */
  static String line(String text) {
    return escape(text, "");
  }

  /** The same, as it stands between the quotes of a JSON string. */
  static String json(String text) {
    return escape(text, "\"\\");
  }

  private static String escape(String text, String special) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (special.indexOf(c) >= 0) {
                escaped.append('\\').appendCodePoint(c);
              } else if (isPrintable(c)) {
                escaped.appendCodePoint(c);
              } else {
                appendEscape(escaped, c);
              }
            });
    return escaped.toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static void appendEscape(StringBuilder escaped, int c) {
    switch (c) {
      case '\n' -> escaped.append("\\n");
      case '\r' -> escaped.append("\\r");
      case '\t' -> escaped.append("\\t");
      default -> {
        for (char unit : Character.toChars(c)) {
          escaped.append(String.format("\\u%04x", (int) unit));
        }
      }
    }
  }
}
