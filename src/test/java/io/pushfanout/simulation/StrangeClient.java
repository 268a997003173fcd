package io.pushfanout.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetSocketAddress;

/**
 * Sends frames that the program never sends, on a connection of its own, to show that the checks
 * find them.
 */
final class StrangeClient {
  private static final int HIGH = 1_000_001;

  private StrangeClient() {}

  /** Opens a stream with one message and no further byte. */
  static void openQuietStream(Simulation simulation) {
    SimulatedNode node = simulation.node(0);
    SimulatedChannel channel =
        new SimulatedChannel(new InetSocketAddress(0), new CountingAllocator());
    var _ = simulation.loop().register(channel);
    Link link = new Link(node.scheduler, channel, 64 << 10, 1, node::accept);
    Http2Headers headers =
        new DefaultHttp2Headers().path("/pushfanout.v1.Delivery/Deliver").method("POST");
    ByteBuf block = Unpooled.buffer(64);
    try {
      new DefaultHttp2HeadersEncoder().encodeHeaders(HIGH, headers, block);
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
    Http2Bytes bytes = new Http2Bytes();
    bytes.put(ServerConnection.PREFACE, 0, ServerConnection.PREFACE.length);
    bytes.headers(HIGH, ByteBufUtil.getBytes(block), false);
    bytes.frame(Http2FrameTypes.DATA, 0, HIGH, new byte[5]);
    link.server().received(bytes.take());
  }
}
