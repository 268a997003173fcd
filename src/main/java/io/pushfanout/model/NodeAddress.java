package io.pushfanout.model;

import com.google.common.net.InetAddresses;
import io.pushfanout.text.DnsLabel;
import io.pushfanout.text.Printable;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The address of a connect-node: a host name or IP literal, and a port from 1 to 65535.
 *
 * <p>The address is in normal form, so that two spellings of one address are equal: lower case,
 * IPv6 compressed (RFC 5952) and without its brackets, no trailing dot. DNS names are not resolved:
 * a name is one node.
 *
 * @param host a DNS name, or an IPv4 or IPv6 literal
 * @param port from 1 to 65535
 */
public record NodeAddress(String host, int port) implements Comparable<NodeAddress> {
  /** Labels with underscores, unlike {@link DnsLabel}: such hosts exist. */
  private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";

  private static final Pattern DNS_NAME =
      Pattern.compile("(?=.{1,253}$)" + LABEL + "(\\." + LABEL + ")*");
  private static final Pattern ENDS_NUMERIC = Pattern.compile("(.*\\.)?[0-9]+");

  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

  /**
   * @throws IllegalArgumentException when the host is no DNS name or IP literal, or the port is out
   *     of bounds
   */
  public NodeAddress {
    host = normalHost(host);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port must be from 1 to 65535, is " + port);
    }
  }

  /**
   * Reads {@code host:port}, with an IPv6 host in brackets.
   *
   * @throws IllegalArgumentException if the text does not have that form; the message names the
   *     mistake
   */
  public static NodeAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1 || !PORT.matcher(text.substring(colon + 1)).matches()) {
      throw AddressMistake.in(text);
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    if (bracketed != (host.indexOf(':') >= 0) || host.indexOf('/') >= 0) {
      throw AddressMistake.in(text);
    }
    return new NodeAddress(host, Integer.parseInt(text.substring(colon + 1)));
  }

  private static String normalHost(String text) {
    if (text.indexOf(':') >= 0) {
      if (text.indexOf('%') >= 0 || !InetAddresses.isInetAddress(text)) {
        throw new AddressException("not an IPv6 address", ": ", text);
      }
      return InetAddresses.toAddrString(InetAddresses.forString(text));
    }
    String host = text.toLowerCase(Locale.ROOT);
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    if (!DNS_NAME.matcher(host).matches()
        || (ENDS_NUMERIC.matcher(host).matches() && !InetAddresses.isInetAddress(host))) {
      throw new AddressException("not a host name or IP address", ": ", text);
    }
    return host;
  }

  @Override
  public int compareTo(NodeAddress other) {
    int byHost = host.compareTo(other.host);
    return byHost != 0 ? byHost : Integer.compare(port, other.port);
  }

  /** Returns {@code host:port}, with an IPv6 host in brackets. */
  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  /**
   * The rejection of a text that is not a node's address; the message is one short line that quotes
   * the text.
   */
  public static final class AddressException extends IllegalArgumentException {
    private final String problem;

    /**
     * @param joint the separator between the problem and the quoted text
     */
    AddressException(String problem, String joint, String text) {
      super(problem + joint + Printable.quoted(text));
      this.problem = problem;
    }

    /** Returns the mistake without the text, which may be a secret. */
    public String problem() {
      return problem;
    }
  }
}
