package io.pushfanout.delivery;

import io.pushfanout.model.ProblemReason;

/**
 * A trouble of a node besides a missing connection.
 *
 * @param message one line for people
 */
public record NodeTrouble(ProblemReason reason, String message) {}
