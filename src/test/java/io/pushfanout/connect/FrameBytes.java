package io.pushfanout.connect;

import java.nio.ByteBuffer;

/** A frame as it is on the wire. */
final class FrameBytes {
  private FrameBytes() {}

  static byte[] of(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .putInt((payload.length << 8) | type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }
}
