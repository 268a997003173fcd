/**
 * The queue of one node: messages that wait, slots and streams that take them, the ledger that
 * counts each message once, and the memory that messages of all queues share. Start with {@link
 * MessageQueue}, whose lock guards the parts of one queue. No class here may see a connection, a
 * thread or a caller.
 */
@NullMarked
package io.pushfanout.queue;

import org.jspecify.annotations.NullMarked;
