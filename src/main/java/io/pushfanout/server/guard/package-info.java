/**
 * Limits on callers: connections, frames, half-sent calls, message bytes, rates, and the decision
 * whether a caller may broadcast. Start with {@link AuthInterceptor} for a call and with {@link
 * ConnectionLimitHandler} for a connection. No class here may see how a broadcast is answered; the
 * server's own package puts these together.
 */
@NullMarked
package io.pushfanout.server.guard;

import org.jspecify.annotations.NullMarked;
