/**
 * Limits on callers: connections, frames, incomplete requests, message bytes, rates, and the
 * decision whether a caller may broadcast. Start with {@link CallsInFlight} for a call and with
 * {@link ConnectionLimitHandler} for a connection. No class here may handle a broadcast: the
 * package {@code server} combines the guards.
 */
@NullMarked
package io.pushfanout.server.guard;

import org.jspecify.annotations.NullMarked;
