package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.pushfanout.model.Bounds;
import io.pushfanout.text.DnsLabel;
import org.jspecify.annotations.Nullable;

/** {@code spec.discovery.endpointSlices}. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EndpointSlicesSpec(
    @JsonPropertyDescription("The Service of the nodes, in the namespace of this resource.")
        @Required
        @Pattern("^" + DnsLabel.FORM + "$")
        @Nullable String serviceName,
    @JsonPropertyDescription(
            "The port of the nodes: the name of a port of the Service, or a number, which is used"
                + " as it is.")
        @JsonDeserialize(using = Scalars.TextOrWhole.class)
        @Nullable String port,
    @JsonPropertyDescription(
            "Time that connected nodes stay when most endpoints vanish at once or are not ready; 0s"
                + " is off. Endpoints that terminate go at once.")
        @DurationBounds(min = Bounds.REMOVAL_GRACE_MIN, max = Bounds.REMOVAL_GRACE_MAX)
        @Nullable String removalGracePeriod) {}
