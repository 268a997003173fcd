package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.DeliveryTarget;
import org.jspecify.annotations.Nullable;

/** {@code spec.delivery}. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeliverySpec(
    @JsonPropertyDescription(
            "Auto is streaming where the node has it, else unary calls. Unary is always unary"
                + " calls. Stream is streaming only: a node without it is a problem in the status,"
                + " and its queue holds.")
        @Nullable String mode,
    @JsonPropertyDescription("Unacknowledged messages of one stream.")
        @Min(Bounds.WINDOW_MIN)
        @Max(Bounds.WINDOW_MAX)
        @Nullable Integer window,
    @JsonPropertyDescription(
            "The longest wait of a new message for others that closely follow it, to be written"
                + " together. 0s is no wait.")
        @DurationBounds(min = Bounds.LINGER_MIN, max = Bounds.LINGER_MAX)
        @Nullable String linger,
    @JsonPropertyDescription(
            "Auto sends a room's messages to the nodes that hold the room, as far as nodes list"
                + " their rooms. Off sends every message to every node.")
        @Nullable String interest,
    @JsonPropertyDescription(
            "Target of deliveries to a node that is a PushFanout itself: namespace/name of one of"
                + " its fanouts, or all. Left out, deliveries have no target.")
        @Pattern("^" + DeliveryTarget.FORM + "$")
        @Size(max = Bounds.DELIVERY_TARGET_MAX)
        @Nullable String target) {}
