package io.pushfanout.access;

/** The targets that certificates with matching names may broadcast to. */
public record SanGrant(SanPattern names, Grant grant) {
  /**
   * Reads {@code PATTERN} or {@code PATTERN=TARGET}.
   *
   * @throws IllegalArgumentException if the text has neither form; the message names the mistake
   */
  public static SanGrant parse(String text) {
    int equals = text.lastIndexOf('=');
    return equals < 0
        ? new SanGrant(new SanPattern(text), new Grant.All())
        : new SanGrant(
            new SanPattern(text.substring(0, equals)), Grant.parse(text.substring(equals + 1)));
  }
}
