/**
 * HTTP/2 frames (RFC 9113) on a Netty channel, the client's side: streams with flow control over a
 * connection that writes its own frames, many in one buffer, and remembers header blocks.
 *
 * <p>It knows nothing of gRPC, nodes or queues. Header blocks and plain frames are cut here; other
 * frames and HPACK's decoding are Netty's.
 */
@NullMarked
package io.pushfanout.http2;

import org.jspecify.annotations.NullMarked;
