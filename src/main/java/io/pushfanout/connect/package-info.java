/**
 * Delivery to a node: one HTTP/2 connection of unary gRPC calls or streams, on {@code http2}.
 *
 * <p>No gRPC library here: the engine must know which calls a node has provably never processed,
 * and that shows in the frames only.
 */
@NullMarked
package io.pushfanout.connect;

import org.jspecify.annotations.NullMarked;
