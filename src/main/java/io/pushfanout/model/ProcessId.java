package io.pushfanout.model;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * One process that passes messages on, among all that there are. Opaque: whoever reads one may
 * compare it, and nothing else.
 *
 * @param text 1 to {@value #MAX_CHARS} visible ASCII characters without a comma
 */
public record ProcessId(String text) {
  public static final int MAX_CHARS = 64;

  private static final int RANDOM_BYTES = 8;

  /**
   * @throws IllegalArgumentException when the text is not of that form
   */
  public ProcessId {
    boolean visible = text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ',');
    if (text.isEmpty() || text.length() > MAX_CHARS || !visible) {
      throw new IllegalArgumentException(
          "an entry must be 1 to " + MAX_CHARS + " visible ASCII characters");
    }
  }

  /** A new one, of 16 lower-case hexadecimal digits. */
  public static ProcessId random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new ProcessId(HexFormat.of().formatHex(bytes));
  }

  @Override
  public String toString() {
    return text;
  }
}
