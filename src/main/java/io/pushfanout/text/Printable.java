package io.pushfanout.text;

/**
 * An escape of text for terminals and logs. Text from outside (a registration, a roomId, the answer
 * of a peer) must neither end its line and forge another, nor control a terminal.
 *
 * <p>Control characters (C0, C1, bidi), line separators, lone surrogates and all other characters
 * without a glyph become escapes. Escaping twice has no further effect.
 */
public final class Printable {
  private static final int QUOTED_MAX = 80;

  private Printable() {}

  /** Returns the text as one line. */
  public static String line(String text) {
    return line(text, Integer.MAX_VALUE);
  }

  /**
   * Returns the text as one line, cut with an ellipsis if it is longer.
   *
   * @param max the largest {@link String#length} without the ellipsis
   */
  public static String line(String text, int max) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), max) + 16);
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      int before = line.length();
      appendPrintable(line, c);
      if (line.length() > max) {
        line.setLength(before);
        return line.append('…').toString();
      }
      i += Character.charCount(c);
    }
    return line.toString();
  }

  /** Returns bad input for a message: one line of at most 80 characters, in quotes. */
  public static String quoted(String text) {
    return '"' + line(text, QUOTED_MAX) + '"';
  }

  /**
   * Returns the text for use between the quotes of a JSON string: one line with the same meaning.
   */
  public static String jsonString(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                escaped.append('\\');
              }
              appendPrintable(escaped, c);
            });
    return escaped.toString();
  }

  /**
   * Escapes a whole JSON text without changing its meaning. Characters to escape can occur only
   * inside strings; line ends stay.
   */
  public static String json(String json) {
    StringBuilder escaped = new StringBuilder(json.length() + 16);
    json.codePoints()
        .forEach(
            c -> {
              if (c == '\n') {
                escaped.append('\n');
              } else {
                appendPrintable(escaped, c);
              }
            });
    return escaped.toString();
  }

  private static void appendPrintable(StringBuilder text, int c) {
    switch (c) {
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        if (hasGlyph(c)) {
          text.appendCodePoint(c);
        } else {
          for (char unit : Character.toChars(c)) {
            text.append(String.format("\\u%04x", (int) unit));
          }
        }
      }
    }
  }

  private static boolean hasGlyph(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
