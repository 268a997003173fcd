package io.pushfanout.text;

import java.util.regex.Pattern;

/** A label of a DNS name by the rules of Kubernetes (RFC 1123): lower case, 1 to 63 characters. */
public final class DnsLabel {
  /** The form as a regular expression, valid for Kubernetes too. */
  public static final String FORM = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

  /** One or more labels, separated by dots. */
  public static final String NAME_FORM = FORM + "(\\." + FORM + ")*";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  private DnsLabel() {}

  public static boolean is(String text) {
    return PATTERN.matcher(text).matches();
  }
}
