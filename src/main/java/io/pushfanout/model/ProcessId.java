package io.pushfanout.model;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The unique identifier of a process that forwards messages. The text is opaque: readers may only
 * compare it.
 *
 * @param text 1 to {@value #MAX_CHARS} visible ASCII characters without a comma
 */
public record ProcessId(String text) {
  public static final int MAX_CHARS = 64;

  private static final int RANDOM_BYTES = 8;

  /**
   * @throws IllegalArgumentException if the text does not have that form
   */
  public ProcessId {
    boolean visible = text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ',');
    if (text.isEmpty() || text.length() > MAX_CHARS || !visible) {
      throw new IllegalArgumentException(
          "an entry must be 1 to " + MAX_CHARS + " visible ASCII characters");
    }
  }

  /** Returns a new identifier of 16 lower-case hexadecimal digits. */
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
