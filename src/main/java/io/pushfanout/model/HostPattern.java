package io.pushfanout.model;

import java.util.Locale;

/**
 * A host name, or with {@code *.} in front every name below it.
 *
 * @param name in lower case, without a trailing dot
 * @param below whether the names below it are meant, and not the name itself
 */
public record HostPattern(String name, boolean below) {
  private static final String BELOW = "*.";

  /**
   * @throws IllegalArgumentException when it is no host; the message can follow an option's name
   */
  public static HostPattern parse(String text) {
    if (text.equals("*")) {
      throw new IllegalArgumentException(
          "must name hosts, such as *.example.com, is \"*\": any site can point a name of its own"
              + " at this machine");
    }
    boolean below = text.startsWith(BELOW);
    String host = below ? text.substring(BELOW.length()) : text;
    try {
      return new HostPattern(new NodeAddress(withoutBrackets(host), 1).host(), below);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "must be a host name without scheme and port, such as push.example.com or *.example.com,"
              + " is \""
              + text
              + "\"",
          e);
    }
  }

  /**
   * @param host as requests and origins have it, in any case and perhaps with a trailing dot
   */
  public boolean matches(String host) {
    String normal = normal(host);
    return below
        ? normal.endsWith("." + name) && normal.length() > name.length() + 1
        : normal.equals(name);
  }

  /** One trailing dot makes a name absolute and no other name; an IP address has none. */
  public static String normal(String host) {
    String lower = withoutBrackets(host).toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
