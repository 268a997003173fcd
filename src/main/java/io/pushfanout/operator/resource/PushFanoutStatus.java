package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state of a fanout as the replicas of PushFanout observe it. A replica applies its own item of
 * {@code replicas} and nothing else; the elected writer applies the rest.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PushFanoutStatus(
    @JsonPropertyDescription("The generation of the resource that this status is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "Accepted: the spec is valid. Conflicted: another resource owns some of its nodes."
                + " DiscoverySynced: its nodes are known. Programmed: every replica runs this"
                + " generation. NodesConnected: every replica is connected to every node. Ready:"
                + " Accepted, DiscoverySynced and Programmed.")
        @Nullable List<Condition> conditions,
    @JsonPropertyDescription("Nodes of this fanout: the largest number that a replica sees.")
        @Nullable Integer nodes,
    @JsonPropertyDescription("Nodes that are connected: the smallest number of all replicas.")
        @Nullable Integer readyNodes,
    @JsonPropertyDescription("Nodes that are slow: the largest number of all replicas.")
        @Nullable Integer slowNodes,
    @JsonPropertyDescription("Reports of the replicas of PushFanout, one each.")
        @Nullable List<@Nullable ReplicaStatus> replicas) {

  /** Returns the part that one replica applies. */
  public static PushFanoutStatus ofReplica(ReplicaStatus entry) {
    return new PushFanoutStatus(null, null, null, null, null, List.of(entry));
  }

  /** Returns the part that the elected writer applies. */
  public static PushFanoutStatus ofSummary(
      long generation, List<Condition> conditions, int nodes, int readyNodes, int slowNodes) {
    return new PushFanoutStatus(generation, conditions, nodes, readyNodes, slowNodes, null);
  }

  /**
   * Returns the replicas' items by name; empty where there are none. An item without a name is left
   * out.
   */
  public Map<String, ReplicaStatus> entries() {
    Map<String, ReplicaStatus> entries = new TreeMap<>();
    for (@Nullable ReplicaStatus replica :
        replicas == null ? List.<@Nullable ReplicaStatus>of() : replicas) {
      if (replica != null) {
        entries.put(replica.name(), replica);
      }
    }
    return entries;
  }
}
