package io.pushfanout.plan;

/**
 * Why the registry gives no list now.
 *
 * @param refused the registry answers, and refuses: it needs another password, or a right
 * @param reason one short line, safe to print
 */
public record Trouble(boolean refused, String reason) {}
