package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.tools.Ports;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A node with frames that a test writes by hand. The node has no thread: it reads and answers in
 * the test's own, and fails after 10 s.
 */
final class ScriptedNode implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int HEADER_TABLE_SIZE = 1;
  static final int MAX_CONCURRENT_STREAMS = 3;
  static final int INITIAL_WINDOW_SIZE = 4;
  static final int MAX_FRAME_SIZE = 5;

  private static final int PATIENCE_MILLIS = 10_000;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final ServerSocket listener;
  private final @Nullable SSLContext tls;

  /**
   * Listens on a free port, with a small receive buffer, so that a pause in reading is soon felt.
   */
  ScriptedNode() throws IOException {
    this(Ports.free());
  }

  ScriptedNode(int port) throws IOException {
    this(port, null);
  }

  /**
   * @param tls a server's, or null for none
   */
  ScriptedNode(int port, @Nullable SSLContext tls) throws IOException {
    this.tls = tls;
    listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.setReceiveBufferSize(4096);
    listener.setSoTimeout(PATIENCE_MILLIS);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  NodeAddress address() {
    return new NodeAddress("127.0.0.1", listener.getLocalPort());
  }

  /** Accepts the next connection, and sends nothing on it yet. */
  Wire accept() throws IOException {
    Socket socket = listener.accept();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    return new Wire(tls == null ? socket : secured(socket, tls));
  }

  private static Socket secured(Socket socket, SSLContext tls) throws IOException {
    SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, true);
    secured.setUseClientMode(false);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    secured.setSSLParameters(parameters);
    return secured;
  }

  /** Takes the next connection and greets it. */
  Wire acceptWithSettings(int... idsAndValues) throws IOException {
    Wire wire = accept();
    wire.settings(idsAndValues);
    return wire;
  }

  /** Returns whether no connection waits to be accepted. */
  boolean hasNoMoreConnections() throws IOException {
    listener.setSoTimeout(1);
    try (Socket _ = listener.accept()) {
      return false;
    } catch (SocketTimeoutException _) {
      return true;
    } finally {
      listener.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  /** The payload is a character for each byte. */
  record Frame(int type, int flags, int stream, String payload) {
    boolean endStream() {
      return (flags & 1) != 0;
    }

    byte[] bytes() {
      return payload.getBytes(StandardCharsets.ISO_8859_1);
    }

    int firstInt() {
      return ByteBuffer.wrap(bytes()).getInt();
    }
  }

  /** One connection to the node. */
  static final class Wire implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private boolean prefaceRead;
    private boolean holding;

    Wire(Socket socket) throws IOException {
      this.socket = socket;
      in = new DataInputStream(socket.getInputStream());
      out = new BufferedOutputStream(socket.getOutputStream());
    }

    // ---- reading

    Frame next() throws IOException {
      if (!prefaceRead) {
        byte[] preface = in.readNBytes(PREFACE.length());
        assertThat(new String(preface, StandardCharsets.US_ASCII)).isEqualTo(PREFACE);
        prefaceRead = true;
      }
      int lengthAndType = in.readInt();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = in.readNBytes(lengthAndType >>> 8);
      String text = new String(payload, StandardCharsets.ISO_8859_1);
      return new Frame(lengthAndType & 0xff, flags, stream, text);
    }

    /** Skips frames up to the first of that type. */
    Frame await(int type) throws IOException {
      Frame frame = next();
      while (frame.type() != type) {
        frame = next();
      }
      return frame;
    }

    /** Reads the next request to its end, and gives its stream. */
    int awaitRequest() throws IOException {
      int stream = await(HEADERS).stream();
      awaitBody(stream);
      return stream;
    }

    String awaitBody(int stream) throws IOException {
      StringBuilder body = new StringBuilder();
      Frame data;
      do {
        data = await(DATA);
        assertThat(data.stream()).isEqualTo(stream);
        body.append(data.payload());
      } while (!data.endStream());
      return body.toString();
    }

    /** Returns all frames that the other side sends because of the bytes written so far. */
    List<Frame> settled() throws IOException {
      List<Frame> frames = untilPong();
      // The other side may send allowed frames after its answer.
      frames.addAll(untilPong());
      return frames;
    }

    private List<Frame> untilPong() throws IOException {
      frame(PING, 0, 0, new byte[8]);
      List<Frame> frames = new ArrayList<>();
      Frame frame = next();
      while (frame.type() != PING || (frame.flags() & 1) == 0) {
        frames.add(frame);
        frame = next();
      }
      return frames;
    }

    /** Reads on to the end of the connection. */
    void awaitClosed() throws IOException {
      try {
        while (in.read() >= 0) {}
      } catch (SocketException e) {
        // A close with bytes unread shows as a reset.
      }
    }

    // ---- writing

    void settings(int... idsAndValues) throws IOException {
      ByteBuffer payload = ByteBuffer.allocate(idsAndValues.length * 3);
      for (int i = 0; i < idsAndValues.length; i += 2) {
        payload.putShort((short) idsAndValues[i]).putInt(idsAndValues[i + 1]);
      }
      frame(SETTINGS, 0, 0, payload.array());
    }

    void headers(int stream, boolean endStream, String... namesAndValues) throws IOException {
      frame(HEADERS, 4 | (endStream ? 1 : 0), stream, HeaderLiterals.block(namesAndValues));
    }

    /** Sends the same headers in frames of {@code frameBytes} bytes. */
    void longHeaders(int stream, boolean endStream, int frameBytes, String... namesAndValues)
        throws IOException {
      longHeaders(stream, endStream, frameBytes, HeaderLiterals.block(namesAndValues));
    }

    void longHeaders(int stream, boolean endStream, int frameBytes, byte[] block)
        throws IOException {
      for (int at = 0; at < block.length; at += frameBytes) {
        int to = Math.min(block.length, at + frameBytes);
        int type = at == 0 ? HEADERS : CONTINUATION;
        int flags = (at == 0 && endStream ? 1 : 0) | (to == block.length ? 4 : 0);
        frame(type, flags, stream, Arrays.copyOfRange(block, at, to));
      }
    }

    void data(int stream, boolean endStream, int length) throws IOException {
      frame(DATA, endStream ? 1 : 0, stream, new byte[length]);
    }

    /** A message of gRPC around these bytes. */
    void message(int stream, boolean endStream, byte[] bytes) throws IOException {
      frame(DATA, endStream ? 1 : 0, stream, prefixed(bytes));
    }

    static byte[] prefixed(byte[] bytes) {
      return ByteBuffer.allocate(5 + bytes.length)
          .put((byte) 0)
          .putInt(bytes.length)
          .put(bytes)
          .array();
    }

    /** Sends the answer of a node that has done the call. */
    void answerOk(int stream) throws IOException {
      headers(stream, false, ":status", "200", "content-type", "application/grpc");
      data(stream, false, 5);
      headers(stream, true, "grpc-status", "0");
    }

    void reset(int stream, Http2Error error) throws IOException {
      frame(RST_STREAM, 0, stream, ints((int) error.code()));
    }

    void goAway(int lastStream, Http2Error error, String debug) throws IOException {
      byte[] text = debug.getBytes(StandardCharsets.UTF_8);
      byte[] payload =
          ByteBuffer.allocate(8 + text.length)
              .putInt(lastStream)
              .putInt((int) error.code())
              .put(text)
              .array();
      frame(GOAWAY, 0, 0, payload);
    }

    void windowUpdate(int stream, int bytes) throws IOException {
      frame(WINDOW_UPDATE, 0, stream, ints(bytes));
    }

    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
      raw(FrameBytes.of(type, flags, stream, payload));
    }

    void raw(byte[] bytes) throws IOException {
      out.write(bytes);
      if (!holding) {
        out.flush();
      }
    }

    /** Ends the bytes of this side; the other side may go on. */
    void shutDown() throws IOException {
      socket.shutdownOutput();
    }

    /** Keeps written bytes, to send them in one piece. */
    void hold() {
      holding = true;
    }

    void release() throws IOException {
      holding = false;
      out.flush();
    }

    private static byte[] ints(int value) {
      return ByteBuffer.allocate(4).putInt(value).array();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
