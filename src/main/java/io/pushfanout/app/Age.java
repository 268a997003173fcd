package io.pushfanout.app;

import java.time.Duration;

/** The age of a state as text for logs and the status. */
final class Age {
  private Age() {}

  /**
   * Returns one number and its unit, rounded down, such as {@code 12m}; a negative age is {@code
   * 0s}.
   */
  static String text(Duration age) {
    if (age.toSeconds() < 1) {
      return "0s";
    }
    if (age.toMinutes() < 1) {
      return age.toSeconds() + "s";
    }
    if (age.toHours() < 1) {
      return age.toMinutes() + "m";
    }
    return age.toHours() < 48 ? age.toHours() + "h" : age.toDays() + "d";
  }
}
