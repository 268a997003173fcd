/**
 * HTTP/2 (RFC 9113) on a Netty channel, both sides: streams with flow control over a connection
 * that writes its own frames, many in one buffer, and caches header blocks. Header blocks and plain
 * frames are read here; other frames and HPACK decoding are Netty's. Start with {@link
 * ClientConnection} or {@link ServerConnection}. Nothing here may use gRPC, nodes or queues.
 *
 * <p>Each rule has one place:
 *
 * <ul>
 *   <li>Preface, 3.4: {@link Frames#preface}, {@link ServerFrameHandler#readPreface}, {@link
 *       FrameReader#hasBegun}
 *   <li>Frames, 4.1 and 4.2: {@link Frames}, {@link FrameReader}
 *   <li>Header blocks, 4.3: {@link HeaderBlockReader}, {@link HeaderDecoder}, {@link
 *       HeaderEncoder}, {@link LiteralHeaders}, {@link LiteralFields}
 *   <li>Streams, 5.1: {@link ClientStream}, {@link ServerStream}, {@link OpenStreams}, {@link
 *       ClosedStreams}
 *   <li>Flow control, 5.2: {@link RemoteFlowController}, {@link LocalFlowController}
 *   <li>Errors, 5.4: {@link InboundFrameListener#onStreamError}, {@link Endpoint#fail}, {@link
 *       GoAway}
 *   <li>Frames received, 6: {@link InboundFrameListener}, {@link ClientFrameListener}, {@link
 *       ServerFrameListener}
 *   <li>Requests, 8.1 and 8.3: {@link RequestValidator}, {@link ServerFrameListener#onHeaders}
 *   <li>Floods, 10.5: {@link FloodGuard}, {@link ResetLimiter}, {@link FrameWriter#reply}
 * </ul>
 */
@NullMarked
package io.pushfanout.http2;

import org.jspecify.annotations.NullMarked;
