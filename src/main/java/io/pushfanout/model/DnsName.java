package io.pushfanout.model;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A DNS name to look up: labels with underscores too, since names of SRV records have them. A dot
 * at the end makes it absolute, so that no search domain is added.
 */
public final class DnsName {
  private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";

  /** The form as a regular expression, valid for Kubernetes too. */
  public static final String FORM = LABEL + "(\\." + LABEL + ")*\\.?";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  private DnsName() {}

  /**
   * Returns the name in lower case.
   *
   * @throws SettingException if the text is no such name
   */
  static String normal(String field, String text) {
    if (text.length() > Bounds.DNS_NAME_MAX || !PATTERN.matcher(text).matches()) {
      throw new SettingException(
          field, "must be a DNS name of at most " + Bounds.DNS_NAME_MAX + " characters");
    }
    return text.toLowerCase(Locale.ROOT);
  }
}
