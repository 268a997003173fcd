package io.pushfanout.management;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Text from another process on its way to a terminal, which must find nothing in it to obey. */
final class Printable {
  private static final int LONGEST = 300;

  /** Control, format, private, unassigned and lone surrogate characters, and line separators. */
  private static final Pattern OBEYED = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

  private static final Pattern OBEYED_BUT_NEWLINE =
      Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}&&[^\\n]]");

  private Printable() {}

  /** One short line. */
  static String text(String raw) {
    String shown = raw.length() <= LONGEST ? raw : raw.substring(0, LONGEST) + "…";
    return OBEYED.matcher(shown).replaceAll("?");
  }

  /**
   * Indented JSON with the same meaning. Such characters can stand only inside its strings, where
   * an escape says the same; its line ends stay.
   */
  static String json(String indented) {
    return OBEYED_BUT_NEWLINE
        .matcher(indented)
        .replaceAll(
            match ->
                match
                    .group()
                    .chars()
                    .mapToObj("\\\\u%04x"::formatted)
                    .collect(Collectors.joining()));
  }
}
