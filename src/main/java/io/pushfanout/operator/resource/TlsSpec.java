package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.pushfanout.model.Bounds;
import io.pushfanout.text.DnsLabel;
import org.jspecify.annotations.Nullable;

/** {@code spec.tls}. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TlsSpec(
    @JsonPropertyDescription(
            "Authorities and certificate of the connections, by their name in the server's"
                + " --tls-profile. A DNS label. Nodes of a profile that the server does not have are not connected"
                + " to.")
        @Pattern("^" + DnsLabel.FORM + "$")
        @Nullable String profile,
    @JsonPropertyDescription(
            "The DNS name or IP address that a node's certificate has to be for. Left out, it is"
                + " the host of the node's address. Needs profile.")
        @Size(max = Bounds.SERVER_NAME_MAX)
        @Nullable String serverName) {}
