package io.pushfanout.model;

import java.util.regex.Pattern;

/** A label of a DNS name, as Kubernetes has them (RFC 1123): in lower case, 1 to 63 characters. */
public final class DnsLabel {
  /** A regular expression that Kubernetes understands too. */
  public static final String FORM = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

  /** One or more of them, with dots. */
  static final String NAME_FORM = FORM + "(\\." + FORM + ")*";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  private DnsLabel() {}

  public static boolean is(String text) {
    return PATTERN.matcher(text).matches();
  }
}
