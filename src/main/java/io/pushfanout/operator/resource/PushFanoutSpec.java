package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.Discovery;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The desired state of a fanout; absent fields get the model's defaults. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PushFanoutSpec(
    @JsonPropertyDescription(
            "Source of the connect-nodes: exactly one of "
                + Discovery.KINDS
                + ". Left out, the nodes are those that register in etcd as connect-node. Default:"
                + " etcd, with its defaults.")
        @Nullable DiscoverySpec discovery,
    @JsonPropertyDescription(
            "Concurrent deliveries to one node: unary calls in flight, or parallel streams. With 1,"
                + " a node gets its messages in strict order.")
        @Min(Bounds.WORKERS_MIN)
        @Max(Bounds.WORKERS_MAX)
        @Nullable Integer workers,
    @JsonPropertyDescription("Messages that one node's queue holds, calls in flight not counted.")
        @Min(Bounds.QUEUE_SIZE_MIN)
        @Max(Bounds.QUEUE_SIZE_MAX)
        @Nullable Integer queueSize,
    @JsonPropertyDescription(
            "Bytes of messages that one node's queue holds, as a number or a quantity. Whichever of"
                + " queueSize and queueBytes is met first counts. A message that is larger than"
                + " this is dropped.")
        @JsonDeserialize(using = Scalars.TextOrWhole.class)
        @Nullable String queueBytes,
    @JsonPropertyDescription(
            "Action of a node's full queue on one more message. DropNewest refuses it for this"
                + " node. DropOldest evicts the oldest. Block makes the caller wait for full nodes"
                + " that are connected. Reject takes it for all connected nodes or for none.")
        @Nullable String overflowPolicy,
    @JsonPropertyDescription("Time that overflowPolicy Block waits.")
        @DurationBounds(min = Bounds.BLOCK_TIMEOUT_MIN, max = Bounds.BLOCK_TIMEOUT_MAX)
        @Nullable String blockTimeout,
    @JsonPropertyDescription("Deadline of one delivery call.")
        @DurationBounds(min = Bounds.RPC_TIMEOUT_MIN, max = Bounds.RPC_TIMEOUT_MAX)
        @Nullable String rpcTimeout,
    @JsonPropertyDescription(
            "A message that is older than this in a node's queue expires; 0s is off.")
        @DurationBounds(min = 0, max = Bounds.MESSAGE_TTL_MAX)
        @JsonProperty("messageTTL")
        @Nullable String messageTtl,
    @JsonPropertyDescription("Time that the queue of a node that has gone has to drain.")
        @DurationBounds(min = Bounds.DRAIN_TIMEOUT_MIN, max = Bounds.DRAIN_TIMEOUT_MAX)
        @Nullable String drainTimeout,
    @JsonPropertyDescription("Attempts of a delivery, and the waits between them.")
        @Nullable RetrySpec retry,
    @JsonPropertyDescription("Transport of messages to a node.") @Nullable DeliverySpec delivery,
    @JsonPropertyDescription("TLS to the nodes. Left out, connections to them are in plaintext.")
        @Nullable TlsSpec tls,
    @JsonPropertyDescription(
            "Other settings for some of the nodes; the first one that matches a node counts.")
        @Size(max = Bounds.OVERRIDES_MAX)
        @ValidationRule(
            value = "self.all(one, self.exists_one(other, other.name == one.name))",
            message = "must have each name once")
        // One short pattern, and sizes of matching globs only: the server bounds the cost of 64
        // lists of 1,000 texts as if each text had 1,200 bytes.
        @ValidationRule(
            value =
                "self.map(one, one.nodes.map(n, n.matches('[*?]'), size(n)).sum()).sum() <= "
                    + Bounds.OVERRIDE_WILDCARDS_MAX,
            message =
                "must have at most "
                    + Bounds.OVERRIDE_WILDCARDS_MAX
                    + " characters in globs with * or ?")
        @Nullable List<OverrideSpec> overrides) {}
