package io.pushfanout.plan;

/**
 * The reason for which the registry gives no list now.
 *
 * @param refused whether the registry answers with a refusal, which a password or a right could
 *     change
 * @param reason one short line, safe to print
 */
public record Trouble(boolean refused, String reason) {}
