/**
 * The delivery to a node: one HTTP/2 connection of unary gRPC calls or streams, on {@code http2}.
 * Start with {@link ReconnectingConnection}, which {@link NettyConnector} makes. No gRPC library
 * may enter: the engine needs proof that a node has not processed a call, and only the frames show
 * it.
 */
@NullMarked
package io.pushfanout.connect;

import org.jspecify.annotations.NullMarked;
