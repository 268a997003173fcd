package io.pushfanout.app;

import java.time.Duration;

/** How long ago something was so, for people. */
final class Age {
  private Age() {}

  /** One number and its unit, rounded down, such as {@code 12m}; what is to come is now. */
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
