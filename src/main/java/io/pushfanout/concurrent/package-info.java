/**
 * Threads, repeated tasks, entries of a window of time, and limits on log lines. Start with {@link
 * Threads}. Nothing here may use another package of the program.
 */
@NullMarked
package io.pushfanout.concurrent;

import org.jspecify.annotations.NullMarked;
