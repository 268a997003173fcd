package io.pushfanout.model;

/**
 * Text on its way to a terminal or a log. What comes from outside (a registration, a roomId, the
 * answer of a peer) must not be able to end its line and forge another, nor steer a terminal.
 *
 * <p>One rule for all of it: controls (C0, C1, bidi), separators of lines, lone surrogates and
 * whatever else has no glyph stand as escapes. Nothing changes a second time.
 */
public final class Printable {
  private static final int QUOTED_MAX = 80;

  private Printable() {}

  /** One line. */
  public static String line(String text) {
    return line(text, Integer.MAX_VALUE);
  }

  /**
   * One line that is cut, with an ellipsis, where it is longer.
   *
   * @param max characters, as {@link String#length} counts them, the ellipsis apart
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

  /** Bad input, as messages have it: one line of at most 80 characters, in quotes. */
  public static String quoted(String text) {
    return '"' + line(text, QUOTED_MAX) + '"';
  }

  /** As it stands between the quotes of a JSON string: it means the same, and is one line. */
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
   * A whole JSON text, with the same meaning. What has to be escaped can stand only inside its
   * strings; its line ends stay.
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
