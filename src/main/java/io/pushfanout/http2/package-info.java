/**
 * HTTP/2 (RFC 9113) on a Netty channel, the client's side: streams with flow control over a
 * connection that writes its own frames, many in one buffer, and caches header blocks. Header
 * blocks and plain frames are read here; other frames and HPACK decoding are Netty's. Start with
 * {@link ClientConnection}. Nothing here may use gRPC, nodes or queues.
 */
@NullMarked
package io.pushfanout.http2;

import org.jspecify.annotations.NullMarked;
