/**
 * The gRPC server for business servers: reads their calls, passes them to the engine, replies.
 * Start with {@link PushGrpcServer}. Nothing here may limit callers: limits belong to {@code
 * server.guard}.
 *
 * <p>A call's way: its connection is a {@link CallerSession}, {@link CallRouter} finds its kind by
 * its headers, and a {@link BroadcastStream} is its message and its reply. The {@link
 * BroadcastCall} in it is the way of a broadcast whatever protocol brings it: the decision about
 * the caller, the limits of {@link BroadcastGate}, the offer to the engine.
 */
@NullMarked
package io.pushfanout.server;

import org.jspecify.annotations.NullMarked;
