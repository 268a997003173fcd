package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.pushfanout.model.Bounds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code spec.discovery.static}. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StaticSpec(
    @JsonPropertyDescription(
            "The nodes as host:port, each once; an IPv6 address in brackets, such as"
                + " [2001:db8::7]:50052.")
        @Required
        @Size(min = Bounds.STATIC_NODES_MIN, max = Bounds.STATIC_NODES_MAX)
        @Nullable List<String> nodes) {}
