package io.pushfanout.operator.endpoints;

import static io.pushfanout.kube.Endpoints.NOT_READY;
import static io.pushfanout.kube.Endpoints.READY;
import static io.pushfanout.kube.Endpoints.TERMINATING;
import static io.pushfanout.kube.Endpoints.endpoint;
import static io.pushfanout.kube.Endpoints.ofPod;
import static io.pushfanout.kube.Endpoints.port;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.pushfanout.discovery.source.SourceNodes.Found;
import io.pushfanout.kube.Endpoints;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.plan.Registrations.Malformed;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EndpointNodesTest {
  private static final List<EndpointPort> PORTS = List.of(port("http", 8081), port("grpc", 50052));

  private static EndpointSlice slice(String name, List<EndpointPort> ports, Endpoint... all) {
    return Endpoints.slice("chat", "connect-node", name, ports, all);
  }

  private static Found grpc(EndpointSlice... slices) {
    return EndpointNodes.of(List.of(slices), "grpc");
  }

  private static Set<String> names(Set<NodeAddress> nodes) {
    return nodes.stream().map(NodeAddress::toString).collect(Collectors.toSet());
  }

  @Test
  void readyEndpointsAreNodesAndTerminatingOnesAreLeaving() {
    Found found =
        grpc(
            slice(
                "a",
                PORTS,
                endpoint("10.0.0.1", READY),
                endpoint("10.0.0.2", NOT_READY),
                endpoint("10.0.0.3", TERMINATING),
                // With publishNotReadyAddresses a pod is ready to its end.
                endpoint("10.0.0.4", new EndpointConditions(true, true, true))));

    assertThat(names(found.nodes())).containsExactly("10.0.0.1:50052");
    assertThat(names(found.leaving()))
        .containsExactlyInAnyOrder("10.0.0.3:50052", "10.0.0.4:50052");
    assertThat(found.malformed()).isEmpty();
  }

  @Test
  void absentConditionsAreReadyAndNotTerminating() {
    Found found =
        grpc(
            slice(
                "a",
                PORTS,
                endpoint("10.0.0.1", null),
                endpoint("10.0.0.2", new EndpointConditions(null, null, null)),
                endpoint("10.0.0.3", new EndpointConditions(null, null, true))));

    assertThat(names(found.nodes())).containsExactlyInAnyOrder("10.0.0.1:50052", "10.0.0.2:50052");
    assertThat(names(found.leaving())).containsExactly("10.0.0.3:50052");
  }

  @Test
  void bothFamiliesAreNodesAndAPodOfBothIsOne() {
    EndpointSlice four =
        slice("a", PORTS, ofPod("one", "10.0.0.1", READY), ofPod("two", "10.0.0.2", NOT_READY));
    EndpointSlice six =
        Endpoints.slice(
            "IPv6",
            "chat",
            "connect-node",
            "b",
            PORTS,
            ofPod("one", "2001:db8::1", READY),
            ofPod("two", "2001:db8::2", READY),
            ofPod("three", "2001:db8::3", READY),
            endpoint("2001:db8::4", READY));

    assertThat(names(grpc(four, six).nodes()))
        .containsExactlyInAnyOrder("10.0.0.1:50052", "[2001:db8::3]:50052", "[2001:db8::4]:50052");
    assertThat(names(grpc(six).nodes())).hasSize(4);
  }

  @Test
  void aPortIsANameOrANumberThatIsTakenAsItIs() {
    EndpointSlice slice = slice("a", PORTS, endpoint("10.0.0.1", READY));

    assertThat(names(EndpointNodes.of(List.of(slice), "http").nodes()))
        .containsExactly("10.0.0.1:8081");
    assertThat(names(EndpointNodes.of(List.of(slice), "7").nodes())).containsExactly("10.0.0.1:7");
    assertThat(
            names(
                EndpointNodes.of(List.of(slice("a", List.of(), endpoint("10.0.0.1", READY))), "7")
                    .nodes()))
        .containsExactly("10.0.0.1:7");
  }

  @Test
  void aSliceWithoutThePortIsAProblemAndDisturbsNoOther() {
    EndpointPort udp = new EndpointPortBuilder(port("grpc", 1)).withProtocol("UDP").build();
    Found found =
        grpc(
            slice("a", List.of(port("", 80), udp), endpoint("10.0.0.1", READY)),
            slice("b", PORTS, endpoint("10.0.0.2", READY)),
            slice("c", List.of(port("grpc", null)), endpoint("10.0.0.3", READY)));

    assertThat(names(found.nodes())).containsExactly("10.0.0.2:50052");
    assertThat(found.malformed())
        .containsExactly(
            new Malformed(
                "chat/a",
                ProblemReason.NO_PORT,
                "the slice has no TCP port named grpc, but 80 (without a name), 1 (grpc)"),
            new Malformed(
                "chat/c",
                ProblemReason.NO_PORT,
                "the slice has no TCP port named grpc, but null (grpc)"));
  }

  /** The controller writes such a slice for a Service without a pod. */
  @Test
  void aSliceWithoutEndpointsIsNoProblem() {
    assertThat(grpc(slice("a", List.of()))).isEqualTo(new Found(Set.of(), Set.of(), List.of()));
  }

  @Test
  void addressesThatAreNoneAreReported() {
    Found found =
        grpc(
            slice("a", PORTS, endpoint("10.0.0.1", READY), endpoint("300.0.0.1", READY)),
            Endpoints.slice(
                "FQDN", "chat", "connect-node", "b", PORTS, endpoint("a.example", READY)));

    assertThat(names(found.nodes())).containsExactly("10.0.0.1:50052");
    assertThat(found.malformed()).extracting(Malformed::key).containsExactly("chat/a", "chat/b");
    assertThat(found.malformed())
        .extracting(Malformed::reason)
        .containsOnly(ProblemReason.MALFORMED_REGISTRATION);
  }

  @Test
  void anEndpointThatMovesBetweenSlicesStays() {
    Found found =
        grpc(
            slice("a", PORTS, endpoint("10.0.0.1", TERMINATING)),
            slice("b", PORTS, endpoint("10.0.0.1", READY)));

    assertThat(names(found.nodes())).containsExactly("10.0.0.1:50052");
    assertThat(found.leaving()).isEmpty();
  }
}
