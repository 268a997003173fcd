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
 * The hosts of {@code NO_PROXY}, in the forms that Go's clients and curl take: names, which cover
 * their subdomains; {@code .name} and {@code *.name}, which cover the subdomains alone; addresses;
 * networks; each of the names and addresses with a port or without; {@code *}. Commas and blanks
 * separate them. An entry of another form covers nothing, as it does there: the variable is made
 * for all programs of a machine.
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
   * @param host a name or an address, IPv6 with brackets or without
   */
  boolean covers(String host, int port) {
    Target target = Target.of(host, port);
    return entries.stream().anyMatch(entry -> entry.covers(target));
  }

  /**
   * @param address null: the host is a name
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
   * @param port 0: any
   */
  private record Address(InetAddress address, int port) implements Entry {
    @Override
    public boolean covers(Target target) {
      return address.equals(target.address()) && (port == 0 || port == target.port());
    }
  }

  /**
   * @param domain with a dot before it
   * @param itself whether it is covered as its subdomains are
   * @param port 0: any
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

  /** Lower case, without brackets and without the dot that ends an absolute name. */
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
