package io.pushfanout.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * A caller's whole side of a connection, sent at once, and all that a server answers. The end of
 * the answers is an acknowledged SETTINGS after them.
 */
final class Conversation {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int ACK = 1;

  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private final Map<Integer, Answer> answers = new TreeMap<>();
  private String connection = "open";
  private int acknowledged;

  /**
   * The answers of a server.
   *
   * @param streams the answer on each stream with one, in words
   * @param connection {@code open}, {@code closed}, or the code of a GOAWAY
   */
  record Outcome(Map<Integer, String> streams, String connection) {}

  private static final class Answer {
    private final StringBuilder headers = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private String end = "";

    @Override
    public String toString() {
      return headers + (body.isEmpty() ? "" : " " + body) + end;
    }
  }

  private Conversation(DataInputStream in) {
    this.in = in;
  }

  /**
   * Sends frames to a server and returns its answers. An answer to a call that the caller has
   * cancelled may come or not, and is left out.
   *
   * @param frames the preface, and no other SETTINGS
   * @param awaited a stream that must end before; 0 without one
   */
  static Outcome with(int port, RequestFrames frames, int awaited)
      throws IOException, Http2Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      // Thousands of conversations would use up the ports.
      socket.setSoLinger(true, 0);
      Conversation conversation = new Conversation(new DataInputStream(socket.getInputStream()));
      RequestFrames barrier = new RequestFrames(true).settings();
      try {
        socket.getOutputStream().write(frames.bytes());
        barrier.writeTo(socket.getOutputStream());
        conversation.readUntil(2, awaited);
        // The library sends replies in the loop's next turn.
        barrier.settings().writeTo(socket.getOutputStream());
        conversation.readUntil(3, 0);
      } catch (EOFException | SocketException _) {
        conversation.closed();
      }
      conversation.answers.keySet().removeAll(frames.cancelled());
      return conversation.outcome();
    }
  }

  private void closed() {
    if (connection.equals("open")) {
      connection = "closed";
    }
  }

  private Outcome outcome() {
    Map<Integer, String> streams = new TreeMap<>();
    answers.forEach((id, answer) -> streams.put(id, answer.toString()));
    return new Outcome(streams, connection);
  }

  private void readUntil(int acknowledgements, int awaited) throws IOException, Http2Exception {
    while (acknowledged < acknowledgements || (awaited != 0 && answer(awaited).end.isEmpty())) {
      read();
    }
  }

  private Answer answer(int stream) {
    return answers.computeIfAbsent(stream, _ -> new Answer());
  }

  private void read() throws IOException, Http2Exception {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    ByteBuf content = Unpooled.wrappedBuffer(in.readNBytes(length));
    switch (type) {
      case Http2FrameTypes.SETTINGS -> acknowledged += flags & ACK;
      case Http2FrameTypes.GO_AWAY -> connection = "GOAWAY " + content.getInt(4);
      case Http2FrameTypes.HEADERS -> {
        answer(stream).headers.append(fields(stream, content));
        endIf((flags & RequestFrames.END_STREAM) != 0, stream, " END");
      }
      case Http2FrameTypes.DATA -> {
        answer(stream).body.append(ByteBufUtil.hexDump(content));
        endIf((flags & RequestFrames.END_STREAM) != 0, stream, " END");
      }
      case Http2FrameTypes.RST_STREAM -> endIf(true, stream, " RST " + content.getInt(0));
      default -> {
        // PING and WINDOW_UPDATE are no answers.
      }
    }
  }

  /** Ends a stream once: a reset after a whole reply ends only the request. */
  private void endIf(boolean ends, int stream, String how) {
    if (ends && answer(stream).end.isEmpty()) {
      answer(stream).end = how;
    }
  }

  private String fields(int stream, ByteBuf block) throws Http2Exception {
    return StreamSupport.stream(decoder.decodeHeaders(stream, block).spliterator(), false)
        .map(field -> field.getKey() + ": " + field.getValue())
        .sorted()
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
