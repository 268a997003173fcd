package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An item of {@code status.replicas}, applied by that replica alone. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReplicaStatus(
    @JsonPropertyDescription("The replica.") @Required String name,
    @JsonPropertyDescription("The generation of the resource that this replica runs.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("Nodes of this fanout.") @Nullable Integer nodes,
    @JsonPropertyDescription("Nodes that are connected.") @Nullable Integer readyNodes,
    @JsonPropertyDescription("Nodes that are slow.") @Nullable Integer slowNodes,
    @JsonPropertyDescription("The worst few problems.") @Size(max = PROBLEMS_MAX)
        @Nullable List<NodeProblem> problems) {

  /** Limit of reported problems. */
  public static final int PROBLEMS_MAX = 3;
}
