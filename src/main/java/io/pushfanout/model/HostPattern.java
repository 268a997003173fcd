package io.pushfanout.model;

import java.util.Locale;

/**
 * A host name, or, with {@code *.} in front, every name below it.
 *
 * @param name the host name in lower case, without a trailing dot
 * @param below whether the pattern matches the names below, and not the name itself
 */
public record HostPattern(String name, boolean below) {
  private static final String BELOW = "*.";

  /**
   * Parses a host name, with or without {@code *.} in front.
   *
   * @throws IllegalArgumentException if the text is no host name; the message can follow an
   *     option's name
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
   * Returns whether the pattern matches the host.
   *
   * @param host the host of a request or origin, in any case, with or without a trailing dot
   */
  public boolean matches(String host) {
    String normal = normal(host);
    return below
        ? normal.endsWith("." + name) && normal.length() > name.length() + 1
        : normal.equals(name);
  }

  /**
   * Returns the host in lower case, without brackets and trailing dot: a dot makes a name absolute,
   * but not another name.
   */
  public static String normal(String host) {
    String lower = withoutBrackets(host).toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
