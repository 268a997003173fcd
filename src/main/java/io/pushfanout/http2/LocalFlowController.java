package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * The receive windows of the connection and of each stream. A window is given back when half of it
 * is used, since bytes are consumed on arrival.
 */
final class LocalFlowController {
  private static final int DEFAULT = 65_535;

  /** Bytes of the connection's window, for many replies at a time. Streams have the default. */
  private static final int CONNECTION = 1 << 20;

  private final FrameWriter output;
  private int received;

  LocalFlowController(FrameWriter output) {
    this.output = output;
  }

  /** Enlarges the connection's window; to be sent with our SETTINGS. */
  void open() {
    Frames.windowUpdate(output.reserve(Frames.WINDOW_UPDATE_BYTES), 0, CONNECTION - DEFAULT);
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
