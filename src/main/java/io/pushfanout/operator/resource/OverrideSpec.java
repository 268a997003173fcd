package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.NodeOverride;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An item of {@code spec.overrides}. */
@ValidationRule(
    value =
        "has(self.workers) || has(self.queueSize) || has(self.queueBytes) || has(self.rpcTimeout)",
    message = "must set one of workers, queueSize, queueBytes, rpcTimeout")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OverrideSpec(
    @JsonPropertyDescription("Names the override; unique within the resource.")
        @Required
        @Size(min = Bounds.OVERRIDE_NAME_MIN, max = Bounds.OVERRIDE_NAME_MAX)
        @Nullable String name,
    @JsonPropertyDescription(
            "The nodes: host:port where * stands for any text and ? for one character, such as"
                + " 10.0.*:50052.")
        @Required
        @Size(min = Bounds.OVERRIDE_NODES_MIN, max = Bounds.OVERRIDE_NODES_MAX)
        @Nullable
            List<
                @Pattern("^" + NodeOverride.GLOB_FORM + "$") @Size(max = Bounds.OVERRIDE_GLOB_MAX)
                String>
            nodes,
    @JsonPropertyDescription("Instead of the fanout's workers.")
        @Min(Bounds.WORKERS_MIN)
        @Max(Bounds.WORKERS_MAX)
        @Nullable Integer workers,
    @JsonPropertyDescription("Instead of the fanout's queueSize.")
        @Min(Bounds.QUEUE_SIZE_MIN)
        @Max(Bounds.QUEUE_SIZE_MAX)
        @Nullable Integer queueSize,
    @JsonPropertyDescription("Instead of the fanout's queueBytes.")
        @JsonDeserialize(using = Scalars.TextOrWhole.class)
        @Nullable String queueBytes,
    @JsonPropertyDescription("Instead of the fanout's rpcTimeout.")
        @DurationBounds(min = Bounds.RPC_TIMEOUT_MIN, max = Bounds.RPC_TIMEOUT_MAX)
        @Nullable String rpcTimeout) {}
