package io.pushfanout.model;

import com.google.common.primitives.Ints;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The port of endpoints: the name of a port, or a number. */
public final class PortName {
  /** A port of a Service, by its name; a name of digits alone would be a number. */
  private static final String NAME = "[0-9]*[a-z]([a-z0-9-]*[a-z0-9])?|[0-9]+-([a-z0-9-]*[a-z0-9])";

  private static final String NUMBER =
      "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]";

  /** The form as a regular expression, valid for Kubernetes too. */
  public static final String FORM = "(" + NAME + "|" + NUMBER + ")";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  private PortName() {}

  /**
   * Checks a name or number.
   *
   * @throws SettingException if the text is neither
   */
  static void check(String field, String text) {
    if (text.length() > Bounds.PORT_NAME_MAX || !PATTERN.matcher(text).matches()) {
      throw new SettingException(
          field,
          "must be a port's name of at most %d lower-case letters, digits and '-', or from %d to %d"
              .formatted(Bounds.PORT_NAME_MAX, Bounds.PORT_MIN, Bounds.PORT_MAX));
    }
  }

  /** Returns the number; null for a name. */
  public static @Nullable Integer number(String port) {
    return Ints.tryParse(port);
  }
}
