/**
 * The engine: a client with a queue for each node, the one applier that changes the set of clients,
 * and the broadcaster.
 */
@NullMarked
package io.pushfanout.fanout;

import org.jspecify.annotations.NullMarked;
