/**
 * The reference connect-node, which receives broadcasts over gRPC and hands them to users over
 * WebSocket, with a page that shows the messages. Start with {@link ReferenceNode}. No class here
 * may use PushFanout's server.
 */
@NullMarked
package io.pushfanout.node;

import org.jspecify.annotations.NullMarked;
