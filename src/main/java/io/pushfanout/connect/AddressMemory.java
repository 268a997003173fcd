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

/** What a node's dials have learned of its addresses; kept for the life of its connection. */
final class AddressMemory {
  private @Nullable InetAddress lastGood;

  /** When each was tried last, as the number of the attempt. */
  private final Map<InetAddress, Long> tried = new HashMap<>();

  private long attempts;

  void trying(InetAddress address) {
    tried.put(address, ++attempts);
  }

  void connected(InetAddress address) {
    lastGood = address;
  }

  /**
   * In which order to try what a look-up has found: the last good one, then those that were never
   * tried, then the one whose turn was the longest ago; IPv6 and IPv4 by turns, beginning with the
   * family of the first (RFC 8305, section 4). What is not in the answer is forgotten.
   *
   * @param answer in the order of the system's preference
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
