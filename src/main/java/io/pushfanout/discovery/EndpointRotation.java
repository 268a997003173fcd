package io.pushfanout.discovery;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The rotation over the members of a cluster: over endpoints, and over the addresses of an
 * endpoint's name, both from a random start. On one thread alone.
 */
final class EndpointRotation {
  private final List<URI> endpoints;
  private final RandomGenerator random;
  private final Map<URI, Integer> turnsOfAddresses = new HashMap<>();
  private int turn;

  EndpointRotation(List<URI> endpoints, RandomGenerator random) {
    this.endpoints = new ArrayList<>(endpoints);
    this.random = random;
    Collections.shuffle(this.endpoints, java.util.Random.from(random));
  }

  URI next() {
    return endpoints.get(turn++ % endpoints.size());
  }

  /**
   * Returns the host to look up: a name, or an address without the brackets of a URL. A zone
   * follows {@code %25}, by RFC 6874, or {@code %} alone, as in a shell.
   */
  static String host(URI endpoint) {
    String host = endpoint.getHost();
    return host.startsWith("[")
        ? host.substring(1, host.length() - 1).replaceFirst("%(25)?(?=.)", "%")
        : host;
  }

  /**
   * Returns the target of a client in jetcd's form: the addresses in the order of this turn, and
   * the endpoint as the authority, which the member's certificate is for.
   */
  String target(URI endpoint, List<InetAddress> found) {
    return inTurn(endpoint, found).stream()
        .map(address -> inPath(address) + ":" + endpoint.getPort())
        .collect(Collectors.joining(",", "ip://" + authority(endpoint) + "/", ""));
  }

  /** Returns the endpoint without a zone, which no other machine can interpret. */
  private static String authority(URI endpoint) {
    return endpoint.getRawAuthority().replaceFirst("%[^]]*", "");
  }

  /**
   * Returns the addresses in the order of this turn. They are sorted first, since name servers
   * change their order.
   */
  private List<InetAddress> inTurn(URI endpoint, List<InetAddress> found) {
    List<InetAddress> addresses = new ArrayList<>(new LinkedHashSet<>(found));
    addresses.sort((one, other) -> Arrays.compareUnsigned(one.getAddress(), other.getAddress()));
    int now = turnsOfAddresses.computeIfAbsent(endpoint, _ -> random.nextInt(1 << 16));
    turnsOfAddresses.put(endpoint, now + 1);
    Collections.rotate(addresses, -Math.floorMod(now, addresses.size()));
    return addresses;
  }

  /** Returns an address with its brackets and its zone encoded, as a path needs. */
  private static String inPath(InetAddress address) {
    return InetAddresses.toUriString(address)
        .replace("%", "%25")
        .replace("[", "%5B")
        .replace("]", "%5D");
  }
}
