/**
 * One broadcast, from a caller to the queues of many nodes and back to one reply. Start with {@link
 * Broadcaster}, which offers the message to each {@link io.pushfanout.queue.MessageQueue}. No class
 * here may wait, or see a connection.
 */
@NullMarked
package io.pushfanout.broadcast;

import org.jspecify.annotations.NullMarked;
