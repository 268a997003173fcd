package io.pushfanout.model;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A pattern on {@code host:port}: {@code *} stands for any text, {@code ?} for one character.
 *
 * <p>Matching takes time in proportion to the two lengths multiplied, whatever the pattern: a
 * regular expression with many stars would take for ever.
 */
final class NodeGlob {
  static final String FORM = "[A-Za-z0-9._:\\[\\]*?-]{1,300}";
  private static final Pattern PATTERN = Pattern.compile(FORM);

  private NodeGlob() {}

  /**
   * The glob in lower case, as addresses are.
   *
   * @throws IllegalArgumentException when it can match no address
   */
  static String normal(String glob) {
    if (!PATTERN.matcher(glob).matches()) {
      throw new IllegalArgumentException("must be host:port with * and ?, such as 10.0.*:50052");
    }
    return glob.toLowerCase(Locale.ROOT);
  }

  static boolean matches(String glob, String text) {
    int g = 0;
    int t = 0;
    int lastStar = -1;
    int tried = 0;
    while (t < text.length()) {
      if (g < glob.length() && glob.charAt(g) == '*') {
        lastStar = g++;
        tried = t;
      } else if (g < glob.length() && (glob.charAt(g) == '?' || glob.charAt(g) == text.charAt(t))) {
        g++;
        t++;
      } else if (lastStar >= 0) {
        // Only the last star need take one more: earlier ones have matched as early as can be.
        g = lastStar + 1;
        t = ++tried;
      } else {
        return false;
      }
    }
    while (g < glob.length() && glob.charAt(g) == '*') {
      g++;
    }
    return g == glob.length();
  }
}
