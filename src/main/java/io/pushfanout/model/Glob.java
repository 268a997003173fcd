package io.pushfanout.model;

/**
 * A pattern: {@code *} stands for any text, {@code ?} for one character.
 *
 * <p>Matching takes time in proportion to the two lengths multiplied, whatever the pattern: a
 * regular expression with many stars would take for ever.
 */
public final class Glob {
  private Glob() {}

  /** Whether the pattern stands for the whole text. */
  public static boolean matches(String glob, String text) {
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
