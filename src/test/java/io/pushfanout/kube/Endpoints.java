package io.pushfanout.kube;

import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** EndpointSlices as Kubernetes' controller writes them, by hand. */
public final class Endpoints {
  public static final EndpointConditions READY = new EndpointConditions(true, true, false);
  public static final EndpointConditions NOT_READY = new EndpointConditions(false, false, false);
  public static final EndpointConditions TERMINATING = new EndpointConditions(false, true, true);

  private Endpoints() {}

  public static EndpointSlice slice(
      String namespace, String service, String name, List<EndpointPort> ports, Endpoint... all) {
    return slice("IPv4", namespace, service, name, ports, all);
  }

  public static EndpointSlice slice(
      String addressType,
      String namespace,
      String service,
      String name,
      List<EndpointPort> ports,
      Endpoint... all) {
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .addToLabels("kubernetes.io/service-name", service)
        .endMetadata()
        .withAddressType(addressType)
        .withPorts(ports)
        .withEndpoints(all)
        .build();
  }

  public static Endpoint endpoint(String address, @Nullable EndpointConditions conditions) {
    return new EndpointBuilder().withAddresses(address).withConditions(conditions).build();
  }

  /** Returns an endpoint of a pod. */
  public static Endpoint ofPod(String uid, String address, EndpointConditions conditions) {
    return new EndpointBuilder(endpoint(address, conditions))
        .withTargetRef(new ObjectReferenceBuilder().withKind("Pod").withUid(uid).build())
        .build();
  }

  public static EndpointPort port(@Nullable String name, @Nullable Integer number) {
    return new EndpointPortBuilder().withName(name).withPort(number).withProtocol("TCP").build();
  }
}
