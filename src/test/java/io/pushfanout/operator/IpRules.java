package io.pushfanout.operator;

/** The form of an IP address, in the API server's expression language. */
final class IpRules {
  private static final String OCTET = "(25[0-5]|(2[0-4]|1[0-9]|[1-9]?)[0-9])";
  static final String IPV4 = OCTET + "([.]" + OCTET + "){3}";

  /** Sixteen bits of an IPv6 address. */
  private static final String GROUP = "[0-9A-Fa-f]{1,4}";

  private IpRules() {}

  /**
   * Returns an expression for groups between colons: one run of groups may be left out, and the
   * last two groups may be an IPv4 address.
   *
   * @param text an expression whose value begins with an address in brackets and a colon
   */
  static String hasIpv6Groups(String text) {
    return matches(text, "^[[](" + GROUP + "|:)(:" + GROUP + "|:)*(:" + IPV4 + ")?[]]:")
        + " && self.indexOf('::') == self.lastIndexOf('::')"
        + " && !"
        + matches(text, "^[[]:[^:]|[^:]:[]]:");
  }

  /** Returns an expression for the length: eight groups, or fewer if some are left out. */
  static String hasIpv6Length(String text) {
    return "(self.contains('::') ? "
        + matches(
            text, "^[[](:*" + GROUP + "){0,7}:*[]]:|^[[](:*" + GROUP + "){0,5}:+[0-9]+[.].*[]]:")
        + " : "
        + matches(text, "^[[](" + GROUP + ":){6}(" + GROUP + ":" + GROUP + "|[0-9]+[.].*)[]]:")
        + ")";
  }

  static String matches(String text, String regex) {
    return text + ".matches('" + regex + "')";
  }
}
