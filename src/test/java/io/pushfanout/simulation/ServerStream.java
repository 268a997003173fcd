package io.pushfanout.simulation;

import io.netty.handler.codec.http2.Http2Error;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A request on the node's side, and the ways to reply to it. */
abstract class ServerStream {
  private static final int MOST_OF_A_MESSAGE = (4 << 20) - 64;
  private static final int LONG_TEXT = 20_000;

  final ServerConnection connection;
  final int id;
  long receiveWindow;
  long sendWindow;
  int owedWindow;
  boolean requestEnded;

  /** Bytes that wait for our side's window. */
  private final Deque<byte[]> waiting = new ArrayDeque<>();

  int unsent;
  String @Nullable [] trailers;
  private boolean begun;
  private byte[] body = new byte[0];
  private int bodySize;

  ServerStream(ServerConnection connection, int id, int receiveWindow, int sendWindow) {
    this.connection = connection;
    this.id = id;
    this.receiveWindow = receiveWindow;
    this.sendWindow = sendWindow;
  }

  Scheduler scheduler() {
    return connection.scheduler;
  }

  SimulatedNode node() {
    return connection.node;
  }

  Manners manners() {
    return connection.manners();
  }

  /** Runs the action later, if the stream is still served then. */
  void later(long nanos, Runnable action) {
    scheduler()
        .after(
            nanos,
            () -> {
              if (connection.isServed(this)) {
                action.run();
                connection.flush();
              }
            });
  }

  void onData(byte[] in, int at, int length) {
    if (length == 0) {
      return;
    }
    if (bodySize + length > body.length) {
      body = Arrays.copyOf(body, Math.max(bodySize + length, 2 * body.length));
    }
    System.arraycopy(in, at, body, bodySize, length);
    bodySize += length;
    onBody();
  }

  abstract void onBody();

  abstract void onEnd();

  void mannersChanged() {}

  boolean hasBody() {
    return bodySize > 0;
  }

  /** Returns the next whole gRPC message, or null if there is none yet. */
  byte @Nullable [] nextMessage() {
    if (bodySize < 5) {
      return null;
    }
    int length = ByteBuffer.wrap(body, 1, 4).getInt();
    if (bodySize < 5 + length) {
      return null;
    }
    byte[] message = Arrays.copyOfRange(body, 5, 5 + length);
    System.arraycopy(body, 5 + length, body, 0, bodySize - 5 - length);
    bodySize -= 5 + length;
    return message;
  }

  byte[] take(int size) {
    byte[] first = waiting.remove();
    unsent -= size;
    if (first.length > size) {
      waiting.addFirst(Arrays.copyOfRange(first, size, first.length));
      return Arrays.copyOf(first, size);
    }
    if (first.length < size) {
      byte[] all = Arrays.copyOf(first, size);
      unsent += size - first.length;
      byte[] rest = take(size - first.length);
      System.arraycopy(rest, 0, all, first.length, rest.length);
      return all;
    }
    return first;
  }

  // ---- replies

  void begin() {
    if (!begun) {
      begun = true;
      connection.sendHeaders(this, false, ":status", "200", "content-type", "application/grpc");
    }
  }

  void send(byte[] bytes) {
    begin();
    waiting.add(bytes);
    unsent += bytes.length;
    connection.sendMore(this);
  }

  static byte[] prefixed(byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  void endWith(String... headers) {
    trailers = headers;
    connection.sendMore(this);
  }

  void status(int code, String text) {
    if (begun) {
      endWith("grpc-status", Integer.toString(code), "grpc-message", text);
    } else {
      connection.sendHeaders(
          this,
          true,
          ":status",
          "200",
          "content-type",
          "application/grpc",
          "grpc-status",
          Integer.toString(code),
          "grpc-message",
          text);
    }
  }

  private void httpStatus(int code) {
    if (begun) {
      connection.sendReset(this, Http2Error.INTERNAL_ERROR);
    } else {
      // Proxies send a page with the status.
      connection.sendHeaders(
          this, false, ":status", Integer.toString(code), "content-type", "text/html");
      begun = true;
      send("<html>%d</html>".formatted(code).getBytes(StandardCharsets.US_ASCII));
      endWith();
    }
  }

  /** Sends any reply except OK. */
  void refuse(Answer answer) {
    node().errors++;
    scheduler().trace(node(), "answers " + answer, id);
    switch (answer) {
      case UNAVAILABLE -> status(14, "no healthy upstream");
      case HTTP_502 -> httpStatus(502);
      case HTTP_503 -> httpStatus(503);
      case HTTP_504 -> httpStatus(504);
      case RESET -> connection.sendReset(this, Http2Error.INTERNAL_ERROR);
      case REFUSED -> connection.sendReset(this, Http2Error.REFUSED_STREAM);
      case INTERNAL -> status(13, "it fails everything");
      case UNIMPLEMENTED -> status(12, "unknown service");
      case EXHAUSTED -> status(8, "received message larger than max");
      case LONG_ERROR -> status(13, "x".repeat(LONG_TEXT));
      case HEADERS_ALONE -> begin();
      case PART_OF_A_MESSAGE -> {
        begin();
        byte[] part = new byte[MOST_OF_A_MESSAGE];
        part[1] = 0x00;
        part[2] = 0x3f;
        part[3] = (byte) 0xff;
        part[4] = (byte) 0xff;
        send(part);
      }
      case OK, NEVER -> {}
    }
  }
}
