package io.pushfanout.operator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.pushfanout.operator.resource.PushFanout;

/**
 * The JSON decoder for the API server. Its limits are no narrower than the server's: one resource
 * beyond them would fail the list of all.
 */
final class ResourceJson {
  /** Nesting limit: the API server refuses a depth over 10,000, and a list adds a few levels. */
  private static final int NESTING_MAX = 10_010;

  private ResourceJson() {}

  /** Returns the serialization of a client. */
  static KubernetesSerialization serialization() {
    StreamReadConstraints constraints =
        StreamReadConstraints.builder()
            .maxNestingDepth(NESTING_MAX)
            .maxNameLength(Integer.MAX_VALUE)
            .maxStringLength(Integer.MAX_VALUE)
            .build();
    JsonFactory json = JsonFactory.builder().streamReadConstraints(constraints).build();
    // The search of the class path, which this replaces, would load every type of Kubernetes.
    KubernetesSerialization serialization =
        new KubernetesSerialization(new ObjectMapper(json), false);
    serialization.registerKubernetesResource("v1", "Status", Status.class);
    serialization.registerKubernetesResource(PushFanout.class);
    serialization.registerKubernetesResource(EndpointSlice.class);
    return serialization;
  }
}
