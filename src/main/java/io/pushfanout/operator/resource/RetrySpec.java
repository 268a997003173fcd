package io.pushfanout.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.pushfanout.model.Bounds;
import org.jspecify.annotations.Nullable;

/** {@code spec.retry}. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RetrySpec(
    @JsonPropertyDescription(
            "Attempts for each message at each node, after UNAVAILABLE and DEADLINE_EXCEEDED. 1 is"
                + " delivery at most once, more is at least once.")
        @Min(Bounds.MAX_ATTEMPTS_MIN)
        @Max(Bounds.MAX_ATTEMPTS_MAX)
        @Nullable Integer maxAttempts,
    @JsonPropertyDescription("Wait after the first attempt, doubled after each further one.")
        @DurationBounds(min = Bounds.BACKOFF_MIN, max = Bounds.BACKOFF_MAX)
        @Nullable String initialBackoff,
    @JsonPropertyDescription("The longest wait between two attempts.")
        @DurationBounds(min = Bounds.BACKOFF_MIN, max = Bounds.BACKOFF_MAX)
        @Nullable String maxBackoff) {}
