package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.EtcdPrefix;
import io.pushfanout.text.DnsLabel;
import org.jspecify.annotations.Nullable;

/** {@code spec.discovery.etcd}. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EtcdSpec(
    @JsonPropertyDescription(
            "The service under which they register: keys below /services/<serviceName>/. A DNS"
                + " label.")
        @Pattern("^" + DnsLabel.FORM + "$")
        @Nullable String serviceName,
    @JsonPropertyDescription(
            "The prefix of the keys, where they are not below /services/<serviceName>/; a slash is"
                + " added where it does not end in one. serviceName has no effect beside it.")
        @Pattern("^" + EtcdPrefix.FORM + "$")
        @Nullable String prefix,
    @JsonPropertyDescription(
            "Time that connected nodes stay when most registrations vanish at once; 0s is off.")
        @DurationBounds(min = Bounds.REMOVAL_GRACE_MIN, max = Bounds.REMOVAL_GRACE_MAX)
        @Nullable String removalGracePeriod) {}
