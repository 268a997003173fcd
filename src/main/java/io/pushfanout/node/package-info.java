/**
 * The reference connect-node: takes broadcasts over gRPC and hands them to users over WebSocket,
 * with a small page that shows the messages arriving.
 */
@NullMarked
package io.pushfanout.node;

import org.jspecify.annotations.NullMarked;
