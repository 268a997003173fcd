package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.DnsName;
import org.jspecify.annotations.Nullable;

/** {@code spec.discovery.dns}. */
@ValidationRule(
    value = "has(self.name) != has(self.srv)",
    message = "must have exactly one of name and srv")
@ValidationRule(
    value = "has(self.name) == has(self.port)",
    message = "must have port with name, and only with name")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DnsSpec(
    @JsonPropertyDescription(
            "A name whose A and AAAA records are the nodes, each with the port. A dot at the end"
                + " makes it absolute; else the search domains of the server's machine count.")
        @Size(max = Bounds.DNS_NAME_MAX)
        @Pattern("^" + DnsName.FORM + "$")
        @Nullable String name,
    @JsonPropertyDescription("The port of all nodes of the name.")
        @Min(Bounds.PORT_MIN)
        @Max(Bounds.PORT_MAX)
        @Nullable Integer port,
    @JsonPropertyDescription(
            "A name whose SRV records are the nodes, each with its host and port, such as"
                + " _grpc._tcp.connect-node.example.com.")
        @Size(max = Bounds.DNS_NAME_MAX)
        @Pattern("^" + DnsName.FORM + "$")
        @Nullable String srv,
    @JsonPropertyDescription("Time between two look-ups, whatever the records' time to live.")
        @DurationBounds(min = Bounds.DNS_REFRESH_MIN, max = Bounds.DNS_REFRESH_MAX)
        @Nullable String refresh,
    @JsonPropertyDescription(
            "Time that connected nodes stay when most records vanish at once; 0s is off.")
        @DurationBounds(min = Bounds.REMOVAL_GRACE_MIN, max = Bounds.REMOVAL_GRACE_MAX)
        @Nullable String removalGracePeriod) {}
