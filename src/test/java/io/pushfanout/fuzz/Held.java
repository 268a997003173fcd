package io.pushfanout.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pushfanout.text.Printable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The conditions that targets check. The checks use no assertion library, since they run millions
 * of times.
 */
public final class Held {
  private Held() {}

  /** Throws an error with the text and these values if the condition does not hold. */
  public static void that(boolean holds, String what, Object... values) {
    if (!holds) {
      throw new AssertionError(what + ": " + Arrays.toString(values));
    }
  }

  /**
   * Checks a message for people: it exists, it is one printable line without terminal sequences,
   * and it is short.
   *
   * @param most the maximum number of characters
   */
  public static void line(@Nullable String message, int most) {
    if (message == null || message.isBlank()) {
      throw new AssertionError("no message");
    }
    that(message.length() <= most, "a message of " + message.length(), message);
    that(Printable.line(message).equals(message), "a message is not printable", message);
  }

  /** Returns the input as the text that parsers of texts get, with invalid UTF-8 replaced. */
  public static String text(byte[] input) {
    return new String(input, UTF_8);
  }

  /**
   * Returns the input's first lines and its rest, as exactly {@code count} texts; missing ones are
   * empty.
   */
  public static String[] lines(byte[] input, int count) {
    String[] lines = text(input).split("\n", count);
    String[] all = Arrays.copyOf(lines, count);
    Arrays.fill(all, lines.length, count, "");
    return all;
  }
}
