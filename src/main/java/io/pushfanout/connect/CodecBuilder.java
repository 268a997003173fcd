package io.pushfanout.connect;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/** Sets Netty's codec up, with what it bounds a hostile node by. */
final class CodecBuilder extends AbstractHttp2ConnectionHandlerBuilder<Codec, CodecBuilder> {
  private static final long MAX_HEADER_LIST_BYTES = 8 * 1024;

  /**
   * Our replies to its PINGs and SETTINGS, and our resets, that wait because it does not read. One
   * reset for each call in flight may be due at a time, and there are 1,024 at most.
   */
  private static final int MAX_QUEUED_CONTROL_FRAMES = 4096;

  private final Http2Session session;

  CodecBuilder(Http2Session session) {
    this.session = session;
    connection(newConnection());
    initialSettings(
        new Http2Settings()
            .pushEnabled(false)
            .maxConcurrentStreams(0)
            .maxHeaderListSize(MAX_HEADER_LIST_BYTES));
    encoderEnforceMaxQueuedControlFrames(MAX_QUEUED_CONTROL_FRAMES);
    // A node's limit is advice (RFC 9113, 6.5.2), and ours are always the same few short fields.
    encoderIgnoreMaxHeaderListSize(true);
    // The node's resets need no limit of their own: each ends a call that we began, none has a
    // reply, and at a deadline a busy node rightly sends many.
  }

  private static Http2Connection newConnection() {
    Http2Connection connection = new DefaultHttp2Connection(false);
    // Without the priority tree of Netty's default: gRPC has no priorities.
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    return connection;
  }

  @Override
  protected Codec build() {
    return super.build();
  }

  @Override
  protected Codec build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    return new Codec(decoder, encoder, settings, session);
  }
}
