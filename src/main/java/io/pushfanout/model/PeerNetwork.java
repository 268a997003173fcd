package io.pushfanout.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** Where a peer comes from, as far as limits tell peers apart. */
public final class PeerNetwork {
  private PeerNetwork() {}

  /**
   * Equal for the addresses of one host: of IPv6 the first half counts, since whoever has one such
   * address has all of its network (RFC 6177).
   */
  public static Object of(InetAddress address) {
    return address instanceof Inet6Address ipv6
        ? (Object) ByteBuffer.wrap(ipv6.getAddress()).getLong()
        : address;
  }

  /** The network of IPv6 that such a number is, such as {@code 2001:db8:0:0::/64}. */
  public static String text(long network) {
    return "%x:%x:%x:%x::/64"
        .formatted(
            network >>> 48, network >>> 32 & 0xffff, network >>> 16 & 0xffff, network & 0xffff);
  }
}
