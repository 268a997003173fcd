package io.pushfanout.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** The network of a peer, by which limits distinguish peers. */
public final class PeerNetwork {
  private PeerNetwork() {}

  /**
   * Returns an object that is equal for all addresses of one host. For IPv6 this is the first half
   * of the address, since a site with one address has all of its /64 network (RFC 6177).
   */
  public static Object of(InetAddress address) {
    return address instanceof Inet6Address ipv6
        ? (Object) ByteBuffer.wrap(ipv6.getAddress()).getLong()
        : address;
  }

  /** Returns the text of an IPv6 network, such as {@code 2001:db8:0:0::/64}. */
  public static String text(long network) {
    return "%x:%x:%x:%x::/64"
        .formatted(
            network >>> 48, network >>> 32 & 0xffff, network >>> 16 & 0xffff, network & 0xffff);
  }
}
