package io.pushfanout.model;

import java.time.Duration;

/** Range checks of settings; their exceptions name the field, the bounds and the value. */
final class Checks {
  private Checks() {}

  static void range(String field, long value, long min, long max) {
    if (value < min || value > max) {
      throw new SettingException(field, "must be from %d to %d, is %d".formatted(min, max, value));
    }
  }

  static void rangeBytes(String field, long bytes, long min, long max) {
    if (bytes < min || bytes > max) {
      throw new SettingException(
          field,
          "must be from %s to %s, is %s"
              .formatted(SpecBytes.format(min), SpecBytes.format(max), SpecBytes.format(bytes)));
    }
  }

  static void range(String field, Duration value, long minMillis, long maxMillis) {
    Duration min = Duration.ofMillis(minMillis);
    Duration max = Duration.ofMillis(maxMillis);
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new SettingException(
          field,
          "must be from %s to %s, is %s"
              .formatted(
                  SpecDuration.format(min), SpecDuration.format(max), SpecDuration.format(value)));
    }
  }
}
