package io.pushfanout.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A client that sends exactly the frames of the test (RFC 9113). A library would correct them: half
 * messages, wrong compression, a reset in the packet of the message.
 */
public final class RawHttp2 implements AutoCloseable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int UNKNOWN = 0xee;
  private static final int MAX_FRAME = 16 << 10;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;

  private final Socket socket;
  private final DataInputStream in;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final DefaultHttp2HeadersDecoder headersDecoder = new DefaultHttp2HeadersDecoder();

  public RawHttp2(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Uses an existing connection, such as one over TLS, and closes it at the end. */
  public RawHttp2(Socket connected) throws IOException {
    socket = connected;
    socket.setSoTimeout(20_000);
    in = new DataInputStream(socket.getInputStream());
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    frame(4, 0, 0, new byte[0]);
  }

  /** Begins a call; further headers are names and values. */
  public void begin(int stream, String path, String... headers) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    literal(block, ":method", "POST");
    literal(block, ":scheme", "http");
    literal(block, ":path", path);
    literal(block, "te", "trailers");
    literal(block, "content-type", "application/grpc");
    for (int i = 0; i < headers.length; i += 2) {
      literal(block, headers[i], headers[i + 1]);
    }
    byte[] bytes = block.toByteArray();
    int first = Math.min(bytes.length, MAX_FRAME);
    frame(HEADERS, first == bytes.length ? END_HEADERS : 0, stream, Arrays.copyOf(bytes, first));
    for (int from = first; from < bytes.length; from += MAX_FRAME) {
      int to = Math.min(bytes.length, from + MAX_FRAME);
      frame(
          CONTINUATION,
          to == bytes.length ? END_HEADERS : 0,
          stream,
          Arrays.copyOfRange(bytes, from, to));
    }
  }

  /** Sends the prefix of a gRPC message: whether it is compressed, and its length. */
  public void messagePrefix(int stream, boolean compressed, int length) {
    data(
        stream,
        false,
        (byte) (compressed ? 1 : 0),
        (byte) (length >>> 24),
        (byte) (length >>> 16),
        (byte) (length >>> 8),
        (byte) length);
  }

  public void data(int stream, boolean end, byte... bytes) {
    frame(DATA, end ? END_STREAM : 0, stream, bytes);
  }

  /** Sends a frame of an unknown type, which every peer must ignore. */
  public void unknown(int length) {
    frame(UNKNOWN, 0, 0, new byte[length]);
  }

  public void ping() {
    frame(PING, 0, 0, new byte[8]);
  }

  /** Permits the server this number of further bytes of replies, over all calls. */
  public void mayAnswer(int bytes) {
    frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(bytes).array());
  }

  public void cancel(int stream) {
    frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
  }

  /** Sends all frames of the calls above at once. */
  public void flush() throws IOException {
    out.writeTo(socket.getOutputStream());
    out.reset();
  }

  /**
   * Reads until the stream's trailers and returns its gRPC status as {@code "code message"}; {@code
   * "HTTP"} and the HTTP status without one.
   */
  public String status(int stream) throws IOException, Http2Exception {
    while (true) {
      Frame frame = read();
      if (frame.type == GOAWAY || (frame.type == RST_STREAM && frame.stream == stream)) {
        return frame.type == GOAWAY ? "GOAWAY" : "RST_STREAM";
      }
      if (frame.type == HEADERS) {
        Http2Headers headers = headersDecoder.decodeHeaders(frame.stream, frame.content);
        if (frame.stream == stream && (frame.flags & END_STREAM) != 0) {
          CharSequence message = headers.get("grpc-message");
          CharSequence code = headers.get("grpc-status");
          return (code == null ? "HTTP " + headers.status() : code)
              + (message == null ? "" : " " + message);
        }
      }
    }
  }

  /** Reads until the server sends GOAWAY. */
  public void awaitGoodbye() throws IOException {
    Frame frame = read();
    while (frame.type != GOAWAY) {
      frame = read();
    }
  }

  /**
   * Reads until the server acknowledges a PING, or until its GOAWAY, of which it returns the text.
   */
  public String pong() throws IOException {
    Frame frame = read();
    while (frame.type != GOAWAY && (frame.type != PING || (frame.flags & ACK) == 0)) {
      frame = read();
    }
    return frame.type == PING ? "" : frame.content.skipBytes(8).toString(US_ASCII);
  }

  private record Frame(int type, int flags, int stream, ByteBuf content) {}

  private Frame read() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    return new Frame(
        in.readUnsignedByte(),
        in.readUnsignedByte(),
        in.readInt(),
        Unpooled.wrappedBuffer(in.readNBytes(length)));
  }

  private void frame(int type, int flags, int stream, byte[] content) {
    out.write(content.length >>> 16);
    out.write(content.length >>> 8);
    out.write(content.length);
    out.write(type);
    out.write(flags);
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(stream >>> shift);
    }
    out.writeBytes(content);
  }

  /** A header field as HPACK's literal without indexing (RFC 7541, 6.2.2), up to 126 bytes long. */
  private static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    block.write(name.length());
    block.writeBytes(name.getBytes(US_ASCII));
    block.write(value.length());
    block.writeBytes(value.getBytes(US_ASCII));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
