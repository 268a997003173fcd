package io.pushfanout.model;

/**
 * Something that is wrong with a fanout.
 *
 * @param node {@code host:port}, the registration's key where that is no address, or empty where it
 *     is about no single node
 * @param message one sentence, for people
 */
public record Problem(String node, ProblemReason reason, String message) {}
