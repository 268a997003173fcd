package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;

/** A writer of frame headers, and of the frames that are little else (RFC 9113, section 6). */
final class Frames {
  static final int FRAME_HEADER_BYTES = 9;
  static final int WINDOW_UPDATE_BYTES = FRAME_HEADER_BYTES + 4;
  static final int RST_STREAM_BYTES = FRAME_HEADER_BYTES + 4;
  static final int PING_BYTES = FRAME_HEADER_BYTES + 8;

  /** Bytes of {@link #preface}: 24 bytes of text, and SETTINGS with two settings. */
  static final int PREFACE_BYTES = 24 + FRAME_HEADER_BYTES + 2 * 6;

  static final int SERVER_SETTINGS_BYTES = FRAME_HEADER_BYTES + 3 * 6;

  static final int NO_FLAGS = 0;
  static final int ACK = 0x1;
  static final int END_STREAM = 0x1;
  static final int END_HEADERS = 0x4;
  static final int PADDED = 0x8;
  static final int PRIORITY = 0x20;

  private Frames() {}

  static void header(ByteBuf out, int length, byte type, int flags, int streamId) {
    // One write of eight bytes and one of one: length (24 bits), type, flags, stream id.
    out.writeLong((long) length << 40 | (long) type << 32 | (long) flags << 24 | streamId >>> 8);
    out.writeByte(streamId);
  }

  /** Writes the preface of a client: its text, then its SETTINGS (RFC 9113, 3.4 and 6.5). */
  static void preface(ByteBuf out, int maxHeaderListBytes) {
    out.writeBytes(Http2CodecUtil.connectionPrefaceBuf());
    header(out, 2 * 6, Http2FrameTypes.SETTINGS, NO_FLAGS, 0);
    out.writeShort(Http2CodecUtil.SETTINGS_ENABLE_PUSH).writeInt(0);
    out.writeShort(Http2CodecUtil.SETTINGS_MAX_HEADER_LIST_SIZE).writeInt(maxHeaderListBytes);
  }

  /** Writes the SETTINGS of a server, of {@link #SERVER_SETTINGS_BYTES}. */
  static void serverSettings(ByteBuf out, int maxStreams, int window, int maxHeaderListBytes) {
    header(out, 3 * 6, Http2FrameTypes.SETTINGS, NO_FLAGS, 0);
    out.writeShort(Http2CodecUtil.SETTINGS_MAX_CONCURRENT_STREAMS).writeInt(maxStreams);
    out.writeShort(Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE).writeInt(window);
    out.writeShort(Http2CodecUtil.SETTINGS_MAX_HEADER_LIST_SIZE).writeInt(maxHeaderListBytes);
  }

  static void windowUpdate(ByteBuf out, int streamId, int increment) {
    header(out, 4, Http2FrameTypes.WINDOW_UPDATE, NO_FLAGS, streamId);
    out.writeInt(increment);
  }

  static void rstStream(ByteBuf out, int streamId, long errorCode) {
    header(out, 4, Http2FrameTypes.RST_STREAM, NO_FLAGS, streamId);
    out.writeInt((int) errorCode);
  }

  static void ping(ByteBuf out, boolean ack, long data) {
    header(out, 8, Http2FrameTypes.PING, ack ? ACK : NO_FLAGS, 0);
    out.writeLong(data);
  }

  static void settingsAck(ByteBuf out) {
    header(out, 0, Http2FrameTypes.SETTINGS, ACK, 0);
  }
}
