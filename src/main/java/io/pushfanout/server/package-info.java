/**
 * The gRPC server for business servers: reads their calls, passes them to the engine, replies.
 * Start with {@link PushGrpcServer}. Nothing here may limit callers: limits belong to {@code
 * server.guard}.
 */
@NullMarked
package io.pushfanout.server;

import org.jspecify.annotations.NullMarked;
