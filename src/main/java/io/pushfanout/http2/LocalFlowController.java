package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * What the peer may send, on the connection and on each stream: given back when half of it is used,
 * since what arrives is used at once.
 */
final class LocalFlowController {
  private static final int DEFAULT = 65_535;

  /** Of the connection, for many answers at a time. Streams have the default. */
  private static final int CONNECTION = 1 << 20;

  private final FrameWriter output;
  private int received;

  LocalFlowController(FrameWriter output) {
    this.output = output;
  }

  /** To be sent with our SETTINGS. */
  void open() {
    Frames.windowUpdate(output.room(Frames.WINDOW_UPDATE_BYTES), 0, CONNECTION - DEFAULT);
  }

  void received(int bytes) throws Http2Exception {
    received += bytes;
    if (received > CONNECTION) {
      throw Http2Exception.connectionError(
          Http2Error.FLOW_CONTROL_ERROR, "more than the connection's window");
    }
    if (received >= CONNECTION / 2) {
      Frames.windowUpdate(output.reply(Frames.WINDOW_UPDATE_BYTES), 0, received);
      received = 0;
    }
  }

  void received(ClientStream stream, int bytes) throws Http2Exception {
    stream.received += bytes;
    if (stream.received > DEFAULT) {
      throw Http2Exception.streamError(
          stream.id, Http2Error.FLOW_CONTROL_ERROR, "more than the stream's window");
    }
    if (stream.received >= DEFAULT / 2) {
      Frames.windowUpdate(output.reply(Frames.WINDOW_UPDATE_BYTES), stream.id, stream.received);
      stream.received = 0;
    }
  }
}
