package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** An item of {@code status.replicas[].problems}. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeProblem(
    @JsonPropertyDescription("The node, or the registration.") @Nullable String node,
    @JsonPropertyDescription("The kind of problem in one word.") @Nullable String reason,
    @JsonPropertyDescription("The problem in a sentence.") @Nullable String message) {}
