package io.pushfanout.simulation;

import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.Arrays;

/** The bytes of HTTP/2 frames in the form that a server writes (RFC 9113, 4.1). */
final class Http2Bytes {
  static final int HEAD = 9;
  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;
  private static final int LARGEST = 16_384;

  private byte[] bytes = new byte[256];
  private int size;

  void frame(int type, int flags, int stream, byte[] payload) {
    head(payload.length, type, flags, stream);
    put(payload, 0, payload.length);
  }

  void headers(int stream, byte[] block, boolean end) {
    int first = Math.min(LARGEST, block.length);
    int flags = (first == block.length ? END_HEADERS : 0) | (end ? END_STREAM : 0);
    head(first, Http2FrameTypes.HEADERS, flags, stream);
    put(block, 0, first);
    for (int from = first; from < block.length; from += LARGEST) {
      int length = Math.min(LARGEST, block.length - from);
      boolean last = from + length == block.length;
      head(length, Http2FrameTypes.CONTINUATION, last ? END_HEADERS : 0, stream);
      put(block, from, length);
    }
  }

  void reset(int stream, long error) {
    frame(Http2FrameTypes.RST_STREAM, 0, stream, ints((int) error));
  }

  void window(int stream, int increment) {
    frame(Http2FrameTypes.WINDOW_UPDATE, 0, stream, ints(increment));
  }

  void goAway(int last, long error) {
    frame(Http2FrameTypes.GO_AWAY, 0, 0, ints(last, (int) error));
  }

  void setting(int id, int value) {
    room(6);
    bytes[size++] = (byte) (id >> 8);
    bytes[size++] = (byte) id;
    putInt(value);
  }

  void head(int length, int type, int flags, int stream) {
    room(HEAD);
    bytes[size++] = (byte) (length >> 16);
    bytes[size++] = (byte) (length >> 8);
    bytes[size++] = (byte) length;
    bytes[size++] = (byte) type;
    bytes[size++] = (byte) flags;
    putInt(stream);
  }

  void put(byte[] from, int offset, int length) {
    room(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  private void putInt(int value) {
    bytes[size++] = (byte) (value >> 24);
    bytes[size++] = (byte) (value >> 16);
    bytes[size++] = (byte) (value >> 8);
    bytes[size++] = (byte) value;
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
  }

  /** Returns the bytes written since the last call. */
  byte[] take() {
    byte[] taken = Arrays.copyOf(bytes, size);
    size = 0;
    return taken;
  }

  boolean isEmpty() {
    return size == 0;
  }

  private static byte[] ints(int... values) {
    byte[] all = new byte[4 * values.length];
    for (int i = 0; i < values.length; i++) {
      for (int b = 0; b < 4; b++) {
        all[4 * i + b] = (byte) (values[i] >> (24 - 8 * b));
      }
    }
    return all;
  }
}
