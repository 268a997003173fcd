package io.pushfanout.server;

import com.google.common.collect.ObjectArrays;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A client that sends exactly the frames of the test (RFC 9113). A library would correct them: half
 * messages, wrong compression, a reset in the packet of the message.
 */
public final class RawHttp2 implements AutoCloseable {
  private static final int UNKNOWN = 0xee;
  private static final int ACK = 1;

  private final Socket socket;
  private final DataInputStream in;
  private final RequestFrames out = new RequestFrames(true).preface();
  private final DefaultHttp2HeadersDecoder headersDecoder = new DefaultHttp2HeadersDecoder();

  public RawHttp2(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Uses an existing connection, such as one over TLS, and closes it at the end. */
  public RawHttp2(Socket connected) throws IOException {
    socket = connected;
    socket.setSoTimeout(20_000);
    in = new DataInputStream(socket.getInputStream());
  }

  /** Begins a call; further headers are names and values. */
  public void begin(int stream, String path, String... headers) {
    String[] all = {
      ":method", "POST",
      ":scheme", "http",
      ":path", path,
      "te", "trailers",
      "content-type", "application/grpc"
    };
    out.headers(stream, false, ObjectArrays.concat(all, headers, String.class));
  }

  /** Sends the prefix of a gRPC message: whether it is compressed, and its length. */
  public void messagePrefix(int stream, boolean compressed, int length) {
    out.data(stream, false, RequestFrames.prefixed(compressed ? 1 : 0, length));
  }

  public void data(int stream, boolean end, byte... bytes) {
    out.data(stream, end, bytes);
  }

  /** Sends a frame of an unknown type, which every peer must ignore. */
  public void unknown(int length) {
    out.frame(UNKNOWN, 0, 0, new byte[length]);
  }

  public void ping() {
    out.frame(Http2FrameTypes.PING, 0, 0, new byte[8]);
  }

  /** Permits the server this number of further bytes of replies, over all calls. */
  public void mayAnswer(int bytes) {
    out.frame(Http2FrameTypes.WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(bytes).array());
  }

  public void cancel(int stream) {
    out.cancel(stream);
  }

  /** Sends all frames of the calls above at once. */
  public void flush() throws IOException {
    out.writeTo(socket.getOutputStream());
  }

  /**
   * Reads until the stream's trailers and returns its gRPC status as {@code "code message"}; {@code
   * "HTTP"} and the HTTP status without one.
   */
  public String status(int stream) throws IOException, Http2Exception {
    while (true) {
      Frame frame = read();
      if (frame.type == Http2FrameTypes.GO_AWAY
          || (frame.type == Http2FrameTypes.RST_STREAM && frame.stream == stream)) {
        return frame.type == Http2FrameTypes.GO_AWAY ? "GOAWAY" : "RST_STREAM";
      }
      if (frame.type == Http2FrameTypes.HEADERS) {
        Http2Headers headers = headersDecoder.decodeHeaders(frame.stream, frame.content);
        if (frame.stream == stream && (frame.flags & RequestFrames.END_STREAM) != 0) {
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
    while (frame.type != Http2FrameTypes.GO_AWAY) {
      frame = read();
    }
  }

  /**
   * Reads until the server acknowledges a PING, or until its GOAWAY, of which it returns the text.
   */
  public String pong() throws IOException {
    Frame frame = read();
    while (frame.type != Http2FrameTypes.GO_AWAY
        && (frame.type != Http2FrameTypes.PING || (frame.flags & ACK) == 0)) {
      frame = read();
    }
    return frame.type == Http2FrameTypes.PING
        ? ""
        : frame.content.skipBytes(8).toString(StandardCharsets.US_ASCII);
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

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
