package io.pushfanout.delivery;

import io.pushfanout.model.ProblemReason;

/**
 * What is wrong with a node that has a connection.
 *
 * @param message one line for people
 */
public record NodeTrouble(ProblemReason reason, String message) {}
