package io.pushfanout.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pushfanout.model.Printable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What targets hold their parsers to. No assertion library: this runs millions of times. */
public final class Held {
  private Held() {}

  /** Throws with the text and these values when it does not hold. */
  public static void that(boolean holds, String what, Object... values) {
    if (!holds) {
      throw new AssertionError(what + ": " + Arrays.toString(values));
    }
  }

  /**
   * A message for people: there is one, it is one line that no terminal obeys, and it is not long,
   * whatever it quotes.
   *
   * @param most characters
   */
  public static void line(@Nullable String message, int most) {
    if (message == null || message.isBlank()) {
      throw new AssertionError("no message");
    }
    that(message.length() <= most, "a message of " + message.length(), message);
    that(Printable.line(message).equals(message), "a message is not printable", message);
  }

  /** The input as a text, as parsers of texts get it: what is not UTF-8 is replaced. */
  public static String text(byte[] input) {
    return new String(input, UTF_8);
  }

  /** The input's first lines and its rest, always so many; those that are not there are empty. */
  public static String[] lines(byte[] input, int count) {
    String[] lines = text(input).split("\n", count);
    String[] all = Arrays.copyOf(lines, count);
    Arrays.fill(all, lines.length, count, "");
    return all;
  }
}
