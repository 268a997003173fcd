package io.pushfanout.model;

import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.QuantityFormat;
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
              .formatted(
                  QuantityFormat.format(min),
                  QuantityFormat.format(max),
                  QuantityFormat.format(bytes)));
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
                  DurationFormat.format(min),
                  DurationFormat.format(max),
                  DurationFormat.format(value)));
    }
  }
}
