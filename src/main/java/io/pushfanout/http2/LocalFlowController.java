package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * The receive windows of the connection and of each stream. A window is given back when half of it
 * is consumed.
 */
final class LocalFlowController {
  private static final int DEFAULT = 65_535;

  private final FrameWriter output;
  private final int connectionWindow;
  private final int streamWindow;

  /** Bytes that arrived since the last WINDOW_UPDATE of the connection. */
  private int received;

  /** Bytes of these that were consumed. */
  private int consumed;

  /**
   * @param connectionWindow bytes, 65,535 or more
   * @param streamWindow bytes of each stream, as our SETTINGS have it
   */
  LocalFlowController(FrameWriter output, int connectionWindow, int streamWindow) {
    this.output = output;
    this.connectionWindow = connectionWindow;
    this.streamWindow = streamWindow;
  }

  /** Enlarges the connection's window; to be sent with our SETTINGS. */
  void open() {
    Frames.windowUpdate(output.reserve(Frames.WINDOW_UPDATE_BYTES), 0, connectionWindow - DEFAULT);
  }

  /** Counts bytes of a frame against the connection's window. */
  void received(int bytes) throws Http2Exception {
    received += bytes;
    if (received > connectionWindow) {
      throw Http2Exception.connectionError(
          Http2Error.FLOW_CONTROL_ERROR, "more than the connection's window");
    }
  }

  /** Counts bytes of a frame against the stream's window. */
  void received(ConnectionStream stream, int bytes) throws Http2Exception {
    stream.received += bytes;
    if (stream.received > streamWindow) {
      throw Http2Exception.streamError(
          stream.id, Http2Error.FLOW_CONTROL_ERROR, "more than the stream's window");
    }
  }

  /** Gives back the connection's window for bytes received. */
  void consumed(int bytes) throws Http2Exception {
    consumed += bytes;
    if (consumed >= connectionWindow / 2) {
      Frames.windowUpdate(output.reply(Frames.WINDOW_UPDATE_BYTES), 0, consumed);
      received -= consumed;
      consumed = 0;
    }
  }

  /** Gives back the stream's window for bytes received. */
  void consumed(ConnectionStream stream, int bytes) throws Http2Exception {
    stream.consumed += bytes;
    if (stream.consumed >= streamWindow / 2) {
      Frames.windowUpdate(output.reply(Frames.WINDOW_UPDATE_BYTES), stream.id, stream.consumed);
      stream.received -= stream.consumed;
      stream.consumed = 0;
    }
  }

  /** Gives back the connection's window for the bytes of an ended stream that were not consumed. */
  void forget(ConnectionStream stream) throws Http2Exception {
    int left = stream.received - stream.consumed - stream.heldBack;
    if (left > 0) {
      stream.consumed = stream.received;
      consumed(left);
    }
  }
}
