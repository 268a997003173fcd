/**
 * Broadcasts by HTTP: JSON in, JSON out, by the same checks and limits as calls of gRPC. Start with
 * {@link BroadcastPage}: it makes a {@link PostedRequest} of each POST, which begins a {@link
 * PostedBroadcast} for each item. No class here may limit callers, or offer a message by itself.
 */
@NullMarked
package io.pushfanout.http;

import org.jspecify.annotations.NullMarked;
