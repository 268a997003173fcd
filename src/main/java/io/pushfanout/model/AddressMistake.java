package io.pushfanout.model;

import io.pushfanout.model.NodeAddress.AddressException;
import io.pushfanout.text.Printable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The diagnosis of a text that does not have the form {@code host:port}. */
final class AddressMistake {
  /** Largest number of characters of bad input in a message. */
  private static final int MAX_SHOWN = 80;

  private static final Pattern URL = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]{0,20}:/+).*");

  /** A Unix socket in the notation of gRPC libraries. */
  private static final Pattern UNIX_SOCKET = Pattern.compile("unix(-abstract)?:.*");

  /** Schemes of gRPC's name resolvers before a possible address. */
  private static final Pattern SCHEME = Pattern.compile("((dns|ipv4|ipv6|xds|passthrough):).*:.*");

  /** Two colons or more among characters of IPv6 addresses, with or without a zone. */
  private static final Pattern IPV6 =
      Pattern.compile("(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]*(%[^:]*)?(:[0-9]*)?");

  private AddressMistake() {}

  /** Returns the exception to throw for a text that cannot be parsed. */
  static AddressException in(String text) {
    return new AddressException("must be host:port" + why(text), ", is ", text);
  }

  private static String why(String text) {
    String first = Printable.line(text, MAX_SHOWN);
    if (UNIX_SOCKET.matcher(first).matches()) {
      return ", not a Unix socket";
    }
    Matcher scheme = URL.matcher(first);
    if (!scheme.matches()) {
      scheme = SCHEME.matcher(first);
    }
    if (scheme.matches()) {
      return ", without " + scheme.group(1);
    }
    if (text.indexOf('/') >= 0) {
      return ", without a path";
    }
    if (text.indexOf(',') >= 0) {
      return ", one address alone";
    }
    if (IPV6.matcher(first).matches()) {
      return ", an IPv6 address in brackets: [address]:port";
    }
    return whyPort(text);
  }

  private static String whyPort(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0 || text.endsWith("]") || text.endsWith(":")) {
      return ", with a port";
    }
    if (colon == 0) {
      return ", with a host";
    }
    return text.indexOf(':') < colon ? "" : ", with a port from 1 to 65535";
  }
}
