package io.pushfanout.operator.client;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import com.google.common.primitives.Ints;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of {@code NO_PROXY}, in the forms of Go clients and curl. Commas and blanks separate
 * the entries:
 *
 * <ul>
 *   <li>names, which cover their subdomains;
 *   <li>{@code .name} and {@code *.name}, which cover the subdomains alone;
 *   <li>addresses and networks;
 *   <li>{@code *}, which covers every host.
 * </ul>
 *
 * <p>Names and addresses may have a port. A malformed entry covers no host, as in those clients:
 * the variable is shared by all programs of a machine.
 */
final class NoProxy {
  private static final Splitter ENTRIES =
      Splitter.on(CharMatcher.is(',').or(CharMatcher.whitespace())).omitEmptyStrings();

  private static final int MAPPED_BITS = 96;

  private final List<Entry> entries;

  private NoProxy(List<Entry> entries) {
    this.entries = entries;
  }

  static NoProxy parse(String text) {
    return new NoProxy(ENTRIES.splitToStream(text).flatMap(one -> entry(one).stream()).toList());
  }

  /**
   * Returns whether an entry covers the host and port.
   *
   * @param host name or address, IPv6 with or without brackets
   */
  boolean covers(String host, int port) {
    Target target = Target.of(host, port);
    return entries.stream().anyMatch(entry -> entry.covers(target));
  }

  /**
   * A host to match.
   *
   * @param name host in lower case, without brackets
   * @param address parsed address; null: the host is a name
   * @param port port of the host
   */
  private record Target(String name, @Nullable InetAddress address, int port) {
    static Target of(String host, int port) {
      String name = plain(host);
      return new Target(name, parsed(name), port);
    }
  }

  private sealed interface Entry {
    boolean covers(Target target);
  }

  private record Everything() implements Entry {
    @Override
    public boolean covers(Target target) {
      return true;
    }
  }

  private record Subnet(InetAddress first, int bits) implements Entry {
    @Override
    public boolean covers(Target target) {
      if (target.address() == null) {
        return false;
      }
      byte[] one = first.getAddress();
      byte[] other = target.address().getAddress();
      if (one.length != other.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % Byte.SIZE);
        if (((one[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * An entry for one address.
   *
   * @param address address to match
   * @param port port to match; 0: any
   */
  private record Address(InetAddress address, int port) implements Entry {
    @Override
    public boolean covers(Target target) {
      return address.equals(target.address()) && (port == 0 || port == target.port());
    }
  }

  /**
   * An entry for the subdomains of a name.
   *
   * @param domain name with a leading dot
   * @param itself whether the entry covers the name itself too
   * @param port port to match; 0: any
   */
  private record Domain(String domain, boolean itself, int port) implements Entry {
    @Override
    public boolean covers(Target target) {
      return (port == 0 || port == target.port())
          && (target.name().endsWith(domain)
              || (itself && target.name().equals(domain.substring(1))));
    }
  }

  private static Optional<Entry> entry(String text) {
    if (text.equals("*")) {
      return Optional.of(new Everything());
    }
    return text.indexOf('/') >= 0 ? subnet(text) : host(text);
  }

  private static Optional<Entry> subnet(String text) {
    int slash = text.indexOf('/');
    String network = text.substring(0, slash);
    InetAddress first = parsed(plain(network));
    Integer bits = Ints.tryParse(text.substring(slash + 1));
    if (first == null || bits == null) {
      return Optional.empty();
    }
    boolean mapped = first instanceof Inet4Address && network.indexOf(':') >= 0;
    int common = mapped ? bits - MAPPED_BITS : bits;
    return common < 0 || common > first.getAddress().length * Byte.SIZE
        ? Optional.empty()
        : Optional.of(new Subnet(first, common));
  }

  private static Optional<Entry> host(String text) {
    HostAndPort parts;
    try {
      parts = HostAndPort.fromString(text);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
    String name = plain(parts.getHost());
    int port = parts.getPortOrDefault(0);
    InetAddress address = parsed(name);
    if (address != null) {
      return Optional.of(new Address(address, port));
    }
    String domain = name.startsWith("*.") ? name.substring(1) : name;
    if (domain.isEmpty() || domain.equals(".")) {
      return Optional.empty();
    }
    boolean subdomains = domain.startsWith(".");
    return Optional.of(new Domain(subdomains ? domain : "." + domain, !subdomains, port));
  }

  /**
   * Returns a host in lower case, without brackets and without the final dot of an absolute name.
   */
  private static String plain(String host) {
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    return CharMatcher.is('.').trimTrailingFrom(bare).toLowerCase(Locale.ROOT);
  }

  private static @Nullable InetAddress parsed(String name) {
    return name.indexOf('%') < 0 && InetAddresses.isInetAddress(name)
        ? InetAddresses.forString(name)
        : null;
  }
}
