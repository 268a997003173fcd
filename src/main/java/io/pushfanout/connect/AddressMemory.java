package io.pushfanout.connect;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A memory of a node's addresses: the last good one, and the last attempt on each. Kept for the
 * life of the node's connection.
 */
final class AddressMemory {
  private @Nullable InetAddress lastGood;

  /** Number of the last attempt on each address. */
  private final Map<InetAddress, Long> tried = new HashMap<>();

  private long attempts;

  void trying(InetAddress address) {
    tried.put(address, ++attempts);
  }

  void connected(InetAddress address) {
    lastGood = address;
  }

  /**
   * Returns the addresses of a look-up in the order to try them: the last good one, then those
   * never tried, then the one tried longest ago. IPv6 and IPv4 alternate, beginning with the family
   * of the first (RFC 8305, section 4). Addresses outside the answer are forgotten.
   *
   * @param answer the addresses in the order of the system's preference
   */
  List<InetAddress> order(List<InetAddress> answer) {
    List<InetAddress> addresses = new ArrayList<>(new LinkedHashSet<>(answer));
    tried.keySet().retainAll(addresses);
    addresses.sort(
        Comparator.comparing((InetAddress address) -> !address.equals(lastGood))
            .thenComparing(address -> tried.getOrDefault(address, 0L)));
    return byTurns(addresses);
  }

  private static List<InetAddress> byTurns(List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      return addresses;
    }
    boolean six = addresses.getFirst() instanceof Inet6Address;
    Deque<InetAddress> turn = new ArrayDeque<>();
    Deque<InetAddress> other = new ArrayDeque<>();
    addresses.forEach(
        address -> (address instanceof Inet6Address == six ? turn : other).add(address));
    List<InetAddress> ordered = new ArrayList<>(addresses.size());
    while (!turn.isEmpty() || !other.isEmpty()) {
      take(turn, ordered);
      take(other, ordered);
    }
    return ordered;
  }

  private static void take(Deque<InetAddress> from, List<InetAddress> to) {
    InetAddress next = from.poll();
    if (next != null) {
      to.add(next);
    }
  }
}
