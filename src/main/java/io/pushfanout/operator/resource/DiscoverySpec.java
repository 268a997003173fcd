package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import io.pushfanout.model.Discovery;
import org.jspecify.annotations.Nullable;

/** {@code spec.discovery}. */
@ValidationRule(
    value =
        "[has(self.etcd), has(self.static), has(self.endpointSlices), has(self.dns)].exists_one(is, is)",
    message = "must have exactly one of " + Discovery.KINDS)
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DiscoverySpec(
    @JsonPropertyDescription("The nodes that register in etcd.") @Nullable EtcdSpec etcd,
    @JsonPropertyDescription("A fixed list of nodes, which waits for no etcd.")
        @JsonProperty("static")
        @Nullable StaticSpec fixed,
    @JsonPropertyDescription("The ready endpoints of a Service.")
        @Nullable EndpointSlicesSpec endpointSlices,
    @JsonPropertyDescription("The nodes that a DNS name has, looked up at an interval.")
        @Nullable DnsSpec dns) {}
