package io.pushfanout.operator.endpoints;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.pushfanout.discovery.source.SourceNodes.Found;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.PortName;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.plan.Registrations.Malformed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of EndpointSlices: their ready endpoints that do not terminate. A pod with addresses of
 * both families is one node, at its IPv4 address. Pure.
 */
final class EndpointNodes {
  private static final String IPV4 = "IPv4";
  private static final String IPV6 = "IPv6";
  private static final String TCP = "TCP";

  /** Ports named in a message; the others are counted. */
  private static final int PORTS_NAMED = 5;

  private final String port;
  private final Set<String> podsWithIpv4;
  private final Set<NodeAddress> ready = new HashSet<>();
  private final Set<NodeAddress> terminating = new HashSet<>();
  private final List<Malformed> malformed = new ArrayList<>();

  private EndpointNodes(String port, Set<String> podsWithIpv4) {
    this.port = port;
    this.podsWithIpv4 = podsWithIpv4;
  }

  /**
   * Returns the nodes of all slices of a Service.
   *
   * @param port the name of a port, or a number
   */
  static Found of(Collection<EndpointSlice> slices, String port) {
    Set<String> podsWithIpv4 =
        slices.stream()
            .filter(slice -> IPV4.equals(slice.getAddressType()))
            .flatMap(slice -> endpoints(slice).stream())
            .map(EndpointNodes::pod)
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    EndpointNodes nodes = new EndpointNodes(port, podsWithIpv4);
    slices.stream()
        .sorted(Comparator.comparing(EndpointNodes::name))
        .filter(slice -> !endpoints(slice).isEmpty())
        .forEach(nodes::add);
    // An endpoint that moves from slice to slice may be in both for a moment.
    nodes.terminating.removeAll(nodes.ready);
    return new Found(nodes.ready, nodes.terminating, nodes.malformed);
  }

  private void add(EndpointSlice slice) {
    String family = slice.getAddressType();
    if (!IPV4.equals(family) && !IPV6.equals(family)) {
      refuse(slice, "the addresses of type " + family + " are not used");
      return;
    }
    @Nullable Integer number = number(slice);
    if (number == null) {
      malformed.add(
          new Malformed(
              name(slice),
              ProblemReason.NO_PORT,
              "the slice has no TCP port named %s, but %s".formatted(port, ports(slice))));
      return;
    }
    for (Endpoint endpoint : endpoints(slice)) {
      if (IPV4.equals(family) || !podsWithIpv4.contains(String.valueOf(pod(endpoint)))) {
        add(slice, endpoint, number);
      }
    }
  }

  private void add(EndpointSlice slice, Endpoint endpoint, int number) {
    List<String> addresses = endpoint.getAddresses();
    if (addresses == null || addresses.isEmpty()) {
      refuse(slice, "an endpoint has no address");
      return;
    }
    try {
      // All addresses of an endpoint lead to the same place.
      NodeAddress address = new NodeAddress(addresses.getFirst(), number);
      EndpointConditions conditions = endpoint.getConditions();
      if (conditions != null && Boolean.TRUE.equals(conditions.getTerminating())) {
        terminating.add(address);
      } else if (conditions == null || !Boolean.FALSE.equals(conditions.getReady())) {
        ready.add(address);
      }
    } catch (IllegalArgumentException e) {
      refuse(slice, String.valueOf(e.getMessage()));
    }
  }

  private void refuse(EndpointSlice slice, String problem) {
    malformed.add(new Malformed(name(slice), problem));
  }

  private @Nullable Integer number(EndpointSlice slice) {
    @Nullable Integer given = PortName.number(port);
    return given != null
        ? given
        : ports(slice, EndpointNodes::isTcp)
            .filter(one -> port.equals(one.getName()))
            .map(EndpointPort::getPort)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
  }

  private static String ports(EndpointSlice slice) {
    List<String> all =
        ports(slice, _ -> true)
            .map(
                one ->
                    "%s (%s)"
                        .formatted(
                            one.getPort(),
                            one.getName() == null || one.getName().isEmpty()
                                ? "without a name"
                                : one.getName()))
            .toList();
    String named = all.stream().limit(PORTS_NAMED).collect(Collectors.joining(", "));
    return all.isEmpty() ? "no port at all" : named + (all.size() > PORTS_NAMED ? " and more" : "");
  }

  private static Stream<EndpointPort> ports(EndpointSlice slice, Predicate<EndpointPort> which) {
    return slice.getPorts() == null ? Stream.of() : slice.getPorts().stream().filter(which);
  }

  private static boolean isTcp(EndpointPort one) {
    return one.getProtocol() == null || TCP.equals(one.getProtocol());
  }

  private static List<Endpoint> endpoints(EndpointSlice slice) {
    return slice.getEndpoints() == null ? List.of() : slice.getEndpoints();
  }

  /** Returns the unique name of the endpoint's pod; null for an endpoint that is none's. */
  private static @Nullable String pod(Endpoint endpoint) {
    ObjectReference target = endpoint.getTargetRef();
    return target == null ? null : target.getUid();
  }

  private static String name(EndpointSlice slice) {
    return slice.getMetadata().getNamespace() + "/" + slice.getMetadata().getName();
  }
}
