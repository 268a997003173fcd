/**
 * One broadcast, from a caller to the queues of many nodes and back to one reply. Start with {@link
 * Broadcaster}; {@link Recipient} is a node as a broadcast sees it. No class here may wait, or see
 * a connection.
 */
@NullMarked
package io.pushfanout.broadcast;

import org.jspecify.annotations.NullMarked;
