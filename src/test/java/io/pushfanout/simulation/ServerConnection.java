package io.pushfanout.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The node's side of one connection: strict HTTP/2 with flow control in both directions. It also
 * checks that our side keeps the protocol.
 */
final class ServerConnection {
  static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int DEFAULT_WINDOW = 65_535;
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  final SimulatedNode node;
  final Scheduler scheduler;
  private final Link link;
  private final Http2Bytes out = new Http2Bytes();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true, 65_536);
  private final DefaultHttp2HeadersEncoder encoder =
      new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
  private final Map<Integer, ServerStream> streams = new LinkedHashMap<>();

  /** Bytes that the system has received and the node has not read. */
  private final List<byte[]> arrived = new ArrayList<>();

  private byte[] inbox = new byte[0];
  private boolean prefaceRead;
  private boolean closed;
  private int lastStream;
  private int lastAdmitted;

  /** The highest stream that the node serves. */
  private int lastServed = Integer.MAX_VALUE;

  private boolean leaving;
  private int opened;

  /** Settings that our side has not acknowledged. */
  private final Queue<int[]> unacknowledged = new ArrayDeque<>();

  // Limits of our side's sending.
  private int maxStreams = Integer.MAX_VALUE;
  private int maxFrame = 16_384;
  private int initialWindow = DEFAULT_WINDOW;
  private long receiveWindow = DEFAULT_WINDOW;
  private int owedWindow;

  // Limits of the node's sending.
  private int sendInitial = DEFAULT_WINDOW;
  private long sendWindow = DEFAULT_WINDOW;

  ServerConnection(SimulatedNode node, Link link) {
    this.node = node;
    this.scheduler = node.scheduler;
    this.link = link;
  }

  Manners manners() {
    return node.manners();
  }

  void begin() {
    Manners m = manners();
    if (m.greets) {
      greet();
    }
    if (m.ageNanos > 0) {
      scheduler.after(m.ageNanos + scheduler.random.nextLong(m.ageNanos / 4 + 1), this::leave);
    }
  }

  private void greet() {
    Manners m = manners();
    sendSettings(m.maxStreams, m.initialWindow, m.maxFrame, m.headerTable);
    if (m.connectionWindow > DEFAULT_WINDOW) {
      out.window(0, m.connectionWindow - DEFAULT_WINDOW);
      receiveWindow += m.connectionWindow - DEFAULT_WINDOW;
    }
    greeted = true;
    flush();
  }

  private boolean greeted;

  private void sendSettings(int... values) {
    out.head(24, Http2FrameTypes.SETTINGS, 0, 0);
    out.setting(Http2CodecUtil.SETTINGS_MAX_CONCURRENT_STREAMS, values[0]);
    out.setting(Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE, values[1]);
    out.setting(Http2CodecUtil.SETTINGS_MAX_FRAME_SIZE, values[2]);
    out.setting(Http2CodecUtil.SETTINGS_HEADER_TABLE_SIZE, values[3]);
    unacknowledged.add(values);
  }

  void mannersChanged() {
    if (closed) {
      return;
    }
    Manners m = manners();
    if (!greeted && m.greets) {
      greet();
    } else if (greeted) {
      sendSettings(m.maxStreams, m.initialWindow, m.maxFrame, m.headerTable);
    }
    if (m.windows == Manners.Windows.AT_ONCE) {
      giveBackWindows();
    }
    // Calls send the rest of their replies; streams reset or handle the envelopes that they held.
    for (ServerStream stream : List.copyOf(streams.values())) {
      stream.mannersChanged();
    }
    pump();
    flush();
  }

  private void giveBackWindows() {
    if (owedWindow > 0) {
      out.window(0, owedWindow);
      receiveWindow += owedWindow;
      owedWindow = 0;
    }
    streams.values().forEach(this::giveBackWindow);
  }

  private void giveBackWindow(ServerStream stream) {
    if (stream.owedWindow > 0 && !stream.requestEnded) {
      out.window(stream.id, stream.owedWindow);
      stream.receiveWindow += stream.owedWindow;
      stream.owedWindow = 0;
    }
  }

  // ---- ends

  void reset() {
    if (!closed) {
      over();
      link.resetByServer();
    }
  }

  void finish() {
    if (!closed) {
      flush();
      over();
      link.finishedByServer();
    }
  }

  private void over() {
    closed = true;
    streams.clear();
    node.gone(this);
  }

  void closedByClient(boolean reset) {
    if (!closed) {
      scheduler.trace(node, reset ? "sees a reset" : "sees the end of a connection");
      over();
    }
  }

  /** Requests another connection like gRPC's servers: first with the highest possible stream id. */
  void leave() {
    if (closed || leaving) {
      return;
    }
    leaving = true;
    scheduler.trace(node, "sends GOAWAY");
    out.goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR.code());
    out.frame(Http2FrameTypes.PING, 0, 0, new byte[8]);
    flush();
    scheduler.after(TimeUnit.MILLISECONDS.toNanos(20), this::leaveFinally);
  }

  private void leaveFinally() {
    if (!closed) {
      lastServed = lastStream;
      out.goAway(lastServed, Http2Error.NO_ERROR.code());
      flush();
      closeIfServed();
      scheduler.after(60 * LINGER_NANOS, this::finish);
    }
  }

  /**
   * Sends one GOAWAY; streams above its last stream are not served.
   *
   * @param lower whether received streams that are not admitted are above it
   */
  void goAway(Http2Error error, boolean lower) {
    if (closed || lastServed != Integer.MAX_VALUE) {
      return;
    }
    leaving = true;
    lastServed = lower ? lastAdmitted : lastStream;
    scheduler.trace(node, "sends GOAWAY " + error, lastServed);
    out.goAway(lastServed, error.code());
    streams.keySet().removeIf(id -> id > lastServed);
    flush();
    closeIfServed();
    scheduler.after(60 * LINGER_NANOS, this::finish);
  }

  private void closeIfServed() {
    if (lastServed != Integer.MAX_VALUE && streams.isEmpty() && !closed) {
      // Our side closes a connection after GOAWAY; a server gives it a moment for that.
      scheduler.after(LINGER_NANOS / 10, this::finish);
    }
  }

  // ---- reading

  void received(byte[] bytes) {
    if (closed) {
      return;
    }
    arrived.add(bytes);
    pump();
    flush();
  }

  /** Takes the received bytes from the system, with or without whole frames. */
  private void read() {
    int had = inbox.length;
    int more = arrived.stream().mapToInt(part -> part.length).sum();
    inbox = Arrays.copyOf(inbox, had + more);
    for (byte[] part : arrived) {
      System.arraycopy(part, 0, inbox, had, part.length);
      had += part.length;
    }
    arrived.clear();
    link.readByServer(more);
  }

  private void pump() {
    if (!manners().reads || closed) {
      return;
    }
    if (!arrived.isEmpty()) {
      read();
    }
    int at = 0;
    if (!prefaceRead && inbox.length >= PREFACE.length) {
      require(Arrays.equals(inbox, 0, PREFACE.length, PREFACE, 0, PREFACE.length), "preface");
      prefaceRead = true;
      at = PREFACE.length;
    }
    while (prefaceRead && inbox.length - at >= Http2Bytes.HEAD && !closed) {
      int length = (inbox[at] & 0xff) << 16 | (inbox[at + 1] & 0xff) << 8 | (inbox[at + 2] & 0xff);
      require(length <= maxFrame, "a frame of " + length + " bytes");
      int end = at + Http2Bytes.HEAD + length;
      if (end > inbox.length) {
        break;
      }
      int stream = ByteBuffer.wrap(inbox, at + 5, 4).getInt();
      frame(inbox[at + 3], inbox[at + 4], stream, inbox, at + Http2Bytes.HEAD, length);
      at = end;
    }
    if (at > 0) {
      inbox = Arrays.copyOfRange(inbox, at, inbox.length);
    }
  }

  private void require(boolean kept, String what) {
    if (!kept) {
      throw new Violation(Invariant.PROTOCOL_IS_KEPT, node + ": " + what);
    }
  }

  private void frame(int type, int flags, int id, byte[] in, int at, int length) {
    switch (type) {
      case Http2FrameTypes.HEADERS -> headers(id, flags, in, at, length);
      case Http2FrameTypes.DATA -> data(id, flags, in, at, length);
      case Http2FrameTypes.RST_STREAM -> {
        require(id <= lastStream, "RST_STREAM for an idle stream");
        streams.remove(id);
        closeIfServed();
      }
      case Http2FrameTypes.SETTINGS -> settings(flags);
      case Http2FrameTypes.PING -> {
        if ((flags & Http2Bytes.ACK) == 0) {
          byte[] data = Arrays.copyOfRange(in, at, at + length);
          out.frame(Http2FrameTypes.PING, Http2Bytes.ACK, 0, data);
        }
      }
      case Http2FrameTypes.WINDOW_UPDATE -> window(id, ByteBuffer.wrap(in, at, 4).getInt());
      case Http2FrameTypes.GO_AWAY -> scheduler.trace(node, "receives GOAWAY");
      default -> require(false, "a frame of type " + type);
    }
  }

  private void settings(int flags) {
    if ((flags & Http2Bytes.ACK) == 0) {
      out.frame(Http2FrameTypes.SETTINGS, Http2Bytes.ACK, 0, new byte[0]);
      return;
    }
    int[] now = unacknowledged.poll();
    require(now != null, "an ACK of no SETTINGS");
    if (now == null) {
      return;
    }
    maxStreams = now[0];
    int change = now[1] - initialWindow;
    initialWindow = now[1];
    streams.values().forEach(stream -> stream.receiveWindow += change);
    maxFrame = now[2];
    try {
      decoder.configuration().maxHeaderTableSize(now[3]);
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void window(int id, int increment) {
    if (id == 0) {
      sendWindow += increment;
      List.copyOf(streams.values()).forEach(this::sendMore);
    } else {
      ServerStream stream = streams.get(id);
      if (stream != null) {
        stream.sendWindow += increment;
        sendMore(stream);
      }
    }
  }

  private void headers(int id, int flags, byte[] in, int at, int length) {
    require((flags & Http2Bytes.END_HEADERS) != 0, "a header block in pieces");
    require(id > lastStream && (id & 1) == 1, "stream " + id + " after " + lastStream);
    lastStream = id;
    Http2Headers headers;
    ByteBuf block = Unpooled.wrappedBuffer(in, at, length);
    try {
      headers = decoder.decodeHeaders(id, block);
    } catch (Http2Exception e) {
      throw new Violation(Invariant.PROTOCOL_IS_KEPT, node + ": header block: " + e.getMessage());
    }
    require(streams.size() < maxStreams, "stream " + id + " above the limit of " + maxStreams);
    if (id > lastServed) {
      return;
    }
    opened++;
    CharSequence path = String.valueOf(headers.path());
    boolean calls = path.toString().startsWith("/protocol.PushServer/");
    ServerStream stream =
        calls
            ? new ServerCall(this, id, initialWindow, sendInitial)
            : new ServerDeliver(this, id, initialWindow, sendInitial);
    streams.put(id, stream);
    if ((flags & Http2Bytes.END_STREAM) != 0) {
      stream.requestEnded = true;
      stream.onEnd();
    }
    int limit = manners().streamsPerConnection;
    if (limit > 0 && opened >= limit) {
      goAway(Http2Error.NO_ERROR, false);
    }
  }

  private void data(int id, int flags, byte[] in, int at, int length) {
    require(id <= lastStream, "DATA for the idle stream " + id);
    receiveWindow -= length;
    owedWindow += length;
    require(receiveWindow >= 0, "more than the connection's window");
    ServerStream stream = streams.get(id);
    boolean end = (flags & Http2Bytes.END_STREAM) != 0;
    if (stream != null) {
      stream.receiveWindow -= length;
      require(stream.receiveWindow >= 0 || length == 0, "more than the window of stream " + id);
      require(!stream.requestEnded, "DATA after the end of stream " + id);
      stream.owedWindow += length;
      stream.requestEnded = end;
      stream.onData(in, at, length);
      if (end && isServed(stream)) {
        stream.onEnd();
      }
    }
    switch (manners().windows) {
      case AT_ONCE -> {
        if (stream != null) {
          giveBackWindow(stream);
        }
        if (owedWindow >= 8_192) {
          out.window(0, owedWindow);
          receiveWindow += owedWindow;
          owedWindow = 0;
        }
      }
      case BY_BYTES -> giveBackAByte(stream);
      case NEVER -> {}
    }
  }

  private void giveBackAByte(@Nullable ServerStream stream) {
    if (stream != null && stream.owedWindow > 0 && !stream.requestEnded) {
      stream.owedWindow--;
      stream.receiveWindow++;
      out.window(stream.id, 1);
    }
    if (owedWindow > 0) {
      owedWindow--;
      receiveWindow++;
      out.window(0, 1);
    }
    if ((stream != null && stream.owedWindow > 0 && !stream.requestEnded) || owedWindow > 4096) {
      scheduler.after(
          TimeUnit.MICROSECONDS.toNanos(50),
          () -> {
            if (!closed && manners().windows == Manners.Windows.BY_BYTES) {
              giveBackAByte(stream);
              flush();
            }
          });
    }
  }

  // ---- writing

  void admitted(int id) {
    lastAdmitted = Math.max(lastAdmitted, id);
  }

  boolean isServed(ServerStream stream) {
    return !closed && streams.containsKey(stream.id);
  }

  Collection<ServerStream> streams() {
    return List.copyOf(streams.values());
  }

  void sendHeaders(ServerStream stream, boolean end, String... namesAndValues) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    ByteBuf block = Unpooled.buffer(64);
    try {
      encoder.encodeHeaders(stream.id, headers, block);
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
    out.headers(stream.id, ByteBufUtil.getBytes(block), end);
    if (end) {
      ended(stream);
    }
  }

  void sendReset(ServerStream stream, Http2Error error) {
    out.reset(stream.id, error.code());
    ended(stream);
  }

  private void ended(ServerStream stream) {
    streams.remove(stream.id);
    closeIfServed();
  }

  /** Sends as much as our side's windows permit. */
  void sendMore(ServerStream stream) {
    while (stream.unsent > 0 && sendWindow > 0 && stream.sendWindow > 0) {
      int size =
          (int) Math.min(16_384, Math.min(stream.unsent, Math.min(sendWindow, stream.sendWindow)));
      byte[] part = stream.take(size);
      out.frame(Http2FrameTypes.DATA, 0, stream.id, part);
      sendWindow -= size;
      stream.sendWindow -= size;
    }
    if (stream.unsent == 0 && stream.trailers != null) {
      String[] trailers = stream.trailers;
      stream.trailers = null;
      sendHeaders(stream, true, trailers);
    }
  }

  void flush() {
    if (!out.isEmpty() && !closed) {
      link.fromServer(out.take());
    }
  }
}
