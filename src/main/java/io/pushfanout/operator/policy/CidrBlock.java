package io.pushfanout.operator.policy;

import com.google.common.net.InetAddresses;
import com.google.common.primitives.Ints;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A network of IP addresses with a common prefix, written {@code 10.0.0.0/8} or {@code
 * 2001:db8::/32}; without a slash it is one address. IPv4-mapped IPv6 ({@code ::ffff:10.0.0.0/104})
 * is IPv4, here and in addresses.
 *
 * @param first the first address
 * @param bits length of the common prefix
 */
record CidrBlock(InetAddress first, int bits) {
  private static final int MAPPED_BITS = 96;

  /**
   * Reads a network.
   *
   * @throws IllegalArgumentException when the text has another form, or bits beyond the prefix
   */
  static CidrBlock parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (address.indexOf('%') >= 0 || !InetAddresses.isInetAddress(address)) {
      throw malformed(text);
    }
    InetAddress first = InetAddresses.forString(address);
    boolean mapped = first instanceof Inet4Address && address.indexOf(':') >= 0;
    int most = first.getAddress().length * Byte.SIZE;
    int bits = slash < 0 ? most : bits(text, slash) - (mapped ? MAPPED_BITS : 0);
    if (bits < 0 || bits > most) {
      throw malformed(text);
    }
    InetAddress begin = masked(first, bits);
    if (!begin.equals(first)) {
      throw new IllegalArgumentException(
          "must be %s/%d, is \"%s\"".formatted(InetAddresses.toAddrString(begin), bits, text));
    }
    return new CidrBlock(first, bits);
  }

  private static int bits(String text, int slash) {
    String bits = text.substring(slash + 1);
    Integer number = bits.matches("0|[1-9][0-9]{0,2}") ? Ints.tryParse(bits) : null;
    if (number == null) {
      throw malformed(text);
    }
    return number;
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "must be a network such as 10.0.0.0/8 or 2001:db8::/32, is \"" + text + "\"");
  }

  boolean contains(InetAddress address) {
    return address.getAddress().length == first.getAddress().length
        && masked(address, bits).equals(first);
  }

  private static InetAddress masked(InetAddress address, int bits) {
    byte[] bytes = address.getAddress();
    for (int i = 0; i < bytes.length; i++) {
      int kept = Math.clamp(bits - (long) i * Byte.SIZE, 0, Byte.SIZE);
      bytes[i] &= (byte) (0xff00 >> kept);
    }
    return address(bytes);
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // The length is unchanged.
    }
  }

  @Override
  public String toString() {
    return InetAddresses.toAddrString(first) + "/" + bits;
  }
}
