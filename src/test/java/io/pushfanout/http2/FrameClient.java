package io.pushfanout.http2;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A client that sends exactly the frames of the test to a {@link ServerConnection}, and the
 * requests that the connection makes of them. Frames and callbacks have a line each.
 */
final class FrameClient implements AutoCloseable {
  static final int WINDOW = 1 << 20;
  static final int MAX_STREAMS = 4;
  static final int RESETS = 20;
  static final byte[] OK = new LiteralHeaders().status(200).block();
  static final byte[] TRAILERS = new LiteralHeaders().add("grpc-status", "0").block();

  /** Callbacks of the connection and its streams. */
  final List<String> events = new ArrayList<>();

  final WriteBuffers memory = new WriteBuffers(1 << 20);
  final ServerConnection connection;
  final EmbeddedChannel channel;

  /** Runs when a request begins. */
  Consumer<Request> onOpen = _ -> {};

  /** Runs when a request has ended. */
  Consumer<Request> onEnd = _ -> {};

  long nanos;
  boolean pingTooMany;
  private final Map<Integer, Request> requests = new HashMap<>();

  FrameClient() {
    this(MAX_STREAMS);
  }

  private FrameClient(int maxStreams) {
    ServerConnection.Options options =
        new ServerConnection.Options(maxStreams, WINDOW, 64 << 10, RESETS, true);
    connection = new ServerConnection(new Events(), options, memory, () -> nanos);
    channel = new EmbeddedChannel(connection.handler());
  }

  /** Connects, with the preface and empty SETTINGS. */
  static FrameClient begun() {
    return begun(MAX_STREAMS);
  }

  /** Connects to a server that allows that many streams at a time. */
  static FrameClient begun(int maxStreams) {
    FrameClient client = new FrameClient(maxStreams);
    client.channel.writeInbound(Http2CodecUtil.connectionPrefaceBuf());
    client.send(Http2FrameTypes.SETTINGS, 0, 0);
    client.received();
    client.events.clear();
    return client;
  }

  /** Returns the request that the connection has made of a stream. */
  Request request(int stream) {
    return requireNonNull(requests.get(stream));
  }

  // ---- frames to the server

  void send(byte type, int flags, int stream, byte... payload) {
    channel.writeInbound(frame(type, flags, stream, payload));
  }

  static ByteBuf frame(byte type, int flags, int stream, byte... payload) {
    ByteBuf frame = Unpooled.buffer();
    Frames.header(frame, payload.length, type, flags, stream);
    return frame.writeBytes(payload);
  }

  /** Begins a request; further headers are names and values. */
  void begin(int stream, boolean end, String... headers) {
    block(stream, end, requestBlock(headers));
  }

  void block(int stream, boolean end, byte... block) {
    int flags = Frames.END_HEADERS | (end ? Frames.END_STREAM : 0);
    send(Http2FrameTypes.HEADERS, flags, stream, block);
  }

  static byte[] requestBlock(String... headers) {
    LiteralHeaders block =
        new LiteralHeaders().add(":method", "POST").add(":scheme", "http").add(":path", "/");
    for (int i = 0; i < headers.length; i += 2) {
      block.add(headers[i], headers[i + 1]);
    }
    return block.block();
  }

  void data(int stream, boolean end, int bytes) {
    send(Http2FrameTypes.DATA, end ? Frames.END_STREAM : 0, stream, new byte[bytes]);
  }

  void windowUpdate(int stream, int increment) {
    send(Http2FrameTypes.WINDOW_UPDATE, 0, stream, ints(increment));
  }

  void reset(int stream) {
    send(Http2FrameTypes.RST_STREAM, 0, stream, ints((int) Http2Error.CANCEL.code()));
  }

  void ping() {
    send(Http2FrameTypes.PING, 0, 0, new byte[8]);
  }

  void setting(int id, int value) {
    byte[] payload = ByteBuffer.allocate(6).putShort((short) id).putInt(value).array();
    send(Http2FrameTypes.SETTINGS, 0, 0, payload);
  }

  private static byte[] ints(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  // ---- frames of the server

  /** Returns the frames sent since the last call, of which a body's bytes are a number. */
  List<String> received() {
    channel.runPendingTasks();
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf write = channel.readOutbound(); write != null; write = channel.readOutbound()) {
      all.writeBytes(write);
      write.release();
    }
    List<String> lines = new ArrayList<>();
    while (all.isReadable()) {
      int length = all.readUnsignedMedium();
      byte type = all.readByte();
      int flags = all.readByte();
      int stream = all.readInt();
      lines.add(line(type, flags, stream, all.readSlice(length)));
    }
    return lines;
  }

  private static String line(byte type, int flags, int stream, ByteBuf payload) {
    boolean first = (flags & Frames.END_STREAM) != 0;
    return switch (type) {
      case Http2FrameTypes.DATA ->
          "DATA %d %d".formatted(stream, payload.readableBytes()) + end(first);
      case Http2FrameTypes.HEADERS ->
          "HEADERS %d %s".formatted(stream, ByteBufUtil.hexDump(payload)) + end(first);
      case Http2FrameTypes.RST_STREAM -> "RST_STREAM %d %s".formatted(stream, error(payload));
      case Http2FrameTypes.SETTINGS -> first ? "SETTINGS ACK" : "SETTINGS";
      case Http2FrameTypes.PING -> first ? "PING ACK" : "PING";
      case Http2FrameTypes.GO_AWAY ->
          "GOAWAY %d %s %s"
              .formatted(
                  payload.readInt(), error(payload), payload.toString(StandardCharsets.US_ASCII))
              .strip();
      case Http2FrameTypes.WINDOW_UPDATE ->
          "WINDOW_UPDATE %d %d".formatted(stream, payload.readInt());
      default -> throw new AssertionError("a frame of type " + type);
    };
  }

  private static String end(boolean ends) {
    return ends ? " end" : "";
  }

  private static Http2Error error(ByteBuf payload) {
    return Http2Error.valueOf(payload.readUnsignedInt());
  }

  @Override
  public void close() {
    channel.finishAndReleaseAll();
  }

  /** A request of this client. */
  final class Request extends ServerStream {
    final boolean whole;
    int bytes;

    Request(boolean whole) {
      this.whole = whole;
    }

    @Override
    protected void onOpen() {
      requests.put(id(), this);
      events.add("open " + id());
      onOpen.accept(this);
    }

    @Override
    protected void onData(ByteBuf data, boolean end) {
      bytes += data.readableBytes();
      if (end) {
        events.add("end " + id() + " " + bytes);
        onEnd.accept(this);
      }
    }

    @Override
    protected void onCancelled() {
      events.add("cancelled " + id());
    }

    @Override
    protected void onRoom() {
      events.add("room " + id());
    }
  }

  private final class Events implements ServerConnectionListener {
    @Override
    public void onRead() {}

    @Override
    public void onPreface() {
      events.add("preface");
    }

    @Override
    public void onReadComplete() {}

    @Override
    public ServerStream newStream(Http2Headers headers, boolean whole) {
      return new Request(whole);
    }

    @Override
    public boolean isPingTooMany() {
      return pingTooMany;
    }

    @Override
    public void onReplySent() {}

    @Override
    public void onFailed(Throwable cause) {
      events.add("failed");
    }

    @Override
    public void onClosed() {
      events.add("closed");
    }
  }
}
