package io.pushfanout.node;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A WebSocket client that writes byte by byte, to send frames that no library would send. */
final class RawUser implements AutoCloseable {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  final String status;

  /** Header lines of the response. */
  final List<String> headers = new ArrayList<>();

  record Frame(int opcode, ByteString payload) {
    String text() {
      return payload.toStringUtf8();
    }

    int closeCode() {
      return ((payload.byteAt(0) & 0xff) << 8) | (payload.byteAt(1) & 0xff);
    }
  }

  RawUser(int port, String... more) throws IOException {
    // A small buffer, so that the node soon notices a user that does not read.
    socket.setReceiveBufferSize(4096);
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    String lines =
        String.join(
            "\r\n",
            "GET /ws HTTP/1.1",
            "Host: 127.0.0.1:" + port,
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            String.join("\r\n", List.of(more)));
    socket
        .getOutputStream()
        .write((lines + (more.length == 0 ? "\r\n" : "\r\n\r\n")).getBytes(UTF_8));
    in = new DataInputStream(socket.getInputStream());
    status = line();
    for (String line = line(); !line.isEmpty(); line = line()) {
      headers.add(line);
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
      line.write(b);
    }
    return line.toString(ISO_8859_1).strip();
  }

  void send(int opcode, boolean last, byte[] payload) throws IOException {
    socket.getOutputStream().write(frame(opcode, last, payload));
  }

  void sendText(String text) throws IOException {
    send(TEXT, true, text.getBytes(UTF_8));
  }

  /** Returns a frame masked with zeros, which leaves the payload readable. */
  static byte[] frame(int opcode, boolean last, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write((last ? 0x80 : 0) | opcode);
    if (payload.length < 126) {
      frame.write(0x80 | payload.length);
    } else if (payload.length < 65536) {
      frame.write(0x80 | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    } else {
      frame.write(0x80 | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) payload.length >> shift));
      }
    }
    frame.writeBytes(new byte[4]);
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  void sendBytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  Frame read() throws IOException {
    int opcode = in.readUnsignedByte() & 0x0f;
    long length = in.readUnsignedByte() & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    return new Frame(opcode, ByteString.copyFrom(in.readNBytes((int) length)));
  }

  /** Reads up to the node's close frame. */
  Frame readUntilClose() throws IOException {
    Frame frame = read();
    while (frame.opcode() != CLOSE) {
      frame = read();
    }
    return frame;
  }

  /** Reads until the connection ends in any way. */
  void readUntilEnd() throws IOException {
    try {
      while (in.skip(1 << 20) > 0 || in.read() >= 0) {}
    } catch (EOFException | java.net.SocketException _) {
      // A reset is an end too.
    }
  }

  /** Returns the body of a response that rejects the handshake. */
  String body() throws IOException {
    String length =
        headers.stream()
            .filter(header -> header.toLowerCase(Locale.ROOT).startsWith("content-length:"))
            .map(header -> header.substring("content-length:".length()).strip())
            .findFirst()
            .orElseThrow();
    return new String(in.readNBytes(Integer.parseInt(length)), UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
