/**
 * The path from a queue to a node's connection: starts deliveries by calls or streams, retries
 * them, and watches the node's health. Start with {@link Dispatcher}; {@link NodeConnection} is the
 * port that a connection implements. All code runs on the connection's loop; no class here may use
 * HTTP/2 or a caller.
 */
@NullMarked
package io.pushfanout.delivery;

import org.jspecify.annotations.NullMarked;
