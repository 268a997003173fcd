package io.pushfanout.access;

/** Whom certificates of some names may broadcast to. */
public record SanGrant(SanPattern names, Grant grant) {
  /**
   * Reads {@code PATTERN} or {@code PATTERN=TARGET}.
   *
   * @throws IllegalArgumentException when it is neither; says why
   */
  public static SanGrant parse(String text) {
    int equals = text.lastIndexOf('=');
    return equals < 0
        ? new SanGrant(new SanPattern(text), new Grant.All())
        : new SanGrant(
            new SanPattern(text.substring(0, equals)), Grant.parse(text.substring(equals + 1)));
  }
}
