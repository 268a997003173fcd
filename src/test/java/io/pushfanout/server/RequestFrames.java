package io.pushfanout.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** A writer of a client's frames (RFC 9113), right or wrong. */
final class RequestFrames {
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  private static final int MAX_FRAME = 16 << 10;
  private static final int CANCEL = 8;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Set<Integer> cancelled = new HashSet<>();

  private final boolean sendsTrailers;

  /**
   * @param sendsTrailers whether trailers are sent as such
   */
  RequestFrames(boolean sendsTrailers) {
    this.sendsTrailers = sendsTrailers;
  }

  /** Writes the preface, which comes first. */
  RequestFrames preface() {
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    return settings();
  }

  RequestFrames settings() {
    return frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[0]);
  }

  /** Writes a header block of these names and values, in as many frames as it needs. */
  RequestFrames headers(int stream, boolean end, String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      literal(block, fields[i], fields[i + 1]);
    }
    byte[] bytes = block.toByteArray();
    int first = Math.min(bytes.length, MAX_FRAME);
    int flags = end ? END_STREAM : 0;
    frame(
        Http2FrameTypes.HEADERS,
        flags | (first == bytes.length ? END_HEADERS : 0),
        stream,
        Arrays.copyOf(bytes, first));
    for (int from = first; from < bytes.length; from += MAX_FRAME) {
      int to = Math.min(bytes.length, from + MAX_FRAME);
      frame(
          Http2FrameTypes.CONTINUATION,
          to == bytes.length ? END_HEADERS : 0,
          stream,
          Arrays.copyOfRange(bytes, from, to));
    }
    return this;
  }

  RequestFrames data(int stream, boolean end, byte... bytes) {
    for (int from = 0; from < bytes.length - MAX_FRAME; from += MAX_FRAME) {
      frame(Http2FrameTypes.DATA, 0, stream, Arrays.copyOfRange(bytes, from, from + MAX_FRAME));
    }
    int last = bytes.length == 0 ? 0 : (bytes.length - 1) / MAX_FRAME * MAX_FRAME;
    return frame(
        Http2FrameTypes.DATA,
        end ? END_STREAM : 0,
        stream,
        Arrays.copyOfRange(bytes, last, bytes.length));
  }

  /** Ends a request by trailers, or else by an empty DATA frame. */
  RequestFrames trailers(int stream, String... fields) {
    return sendsTrailers ? headers(stream, true, fields) : data(stream, true);
  }

  RequestFrames cancel(int stream) {
    cancelled.add(stream);
    return frame(
        Http2FrameTypes.RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(CANCEL).array());
  }

  RequestFrames frame(int type, int flags, int stream, byte[] content) {
    out.writeBytes(
        ByteBuffer.allocate(9)
            .putInt((content.length << 8) | type)
            .put((byte) flags)
            .putInt(stream)
            .array());
    out.writeBytes(content);
    return this;
  }

  /** A header field as HPACK's literal without indexing (RFC 7541, 6.2.2). */
  private static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    text(block, name);
    text(block, value);
  }

  private static void text(ByteArrayOutputStream block, String text) {
    int left = text.length();
    block.write(Math.min(left, 127));
    if (left >= 127) {
      left -= 127;
      while (left >= 128) {
        block.write((left & 127) | 128);
        left >>>= 7;
      }
      block.write(left);
    }
    block.writeBytes(text.getBytes(ISO_8859_1));
  }

  /** Returns the bytes of a message of gRPC: flag, length, content. */
  static byte[] message(int flag, byte... content) {
    return prefixed(flag, content.length, content);
  }

  /** Returns a message with another length in its prefix. */
  static byte[] prefixed(int flag, int length, byte... content) {
    return ByteBuffer.allocate(5 + content.length)
        .put((byte) flag)
        .putInt(length)
        .put(content)
        .array();
  }

  /** Moves all frames so far to a connection, at once. */
  void writeTo(OutputStream connection) throws IOException {
    out.writeTo(connection);
    out.reset();
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  /** Returns the streams that the client has reset. */
  Set<Integer> cancelled() {
    return cancelled;
  }
}
