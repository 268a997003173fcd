package io.pushfanout.checkpoint;

import java.time.Instant;

/**
 * A last known good value.
 *
 * @param asOf the time at which the source last confirmed the value
 */
public record Checkpoint<T>(Instant asOf, T value) {}
