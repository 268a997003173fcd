package io.pushfanout.connect;

import static io.pushfanout.connect.ScriptedNode.CONTINUATION;
import static io.pushfanout.connect.ScriptedNode.DATA;
import static io.pushfanout.connect.ScriptedNode.GOAWAY;
import static io.pushfanout.connect.ScriptedNode.HEADERS;
import static io.pushfanout.connect.ScriptedNode.PING;
import static io.pushfanout.connect.ScriptedNode.PRIORITY;
import static io.pushfanout.connect.ScriptedNode.PUSH_PROMISE;
import static io.pushfanout.connect.ScriptedNode.RST_STREAM;
import static io.pushfanout.connect.ScriptedNode.SETTINGS;
import static io.pushfanout.connect.ScriptedNode.WINDOW_UPDATE;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.connect.ScriptedNode.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bad HTTP/2 of a node in the middle of a call, and the most damage that it may do. */
enum Offence {
  DATA_ON_THE_CONNECTION(Harm.CONNECTION, (w, s) -> w.data(0, false, 5)),
  DATA_ON_AN_IDLE_STREAM(Harm.CONNECTION, (w, s) -> w.data(99, false, 5)),
  DATA_ON_AN_EVEN_STREAM(Harm.CONNECTION, (w, s) -> w.data(2, false, 5)),
  DATA_BEFORE_HEADERS(
      Harm.CALL,
      (w, s) -> {
        w.data(s, false, 5);
        w.data(s, true, 5);
      }),
  DATA_ALL_PADDING_AND_MORE(Harm.CONNECTION, (w, s) -> w.frame(DATA, 8, s, new byte[] {9, 0, 0})),
  DATA_PADDED_WITHOUT_A_LENGTH(Harm.CALL, (w, s) -> w.frame(DATA, 8, s, new byte[0])),

  HEADERS_ON_THE_CONNECTION(Harm.CONNECTION, (w, s) -> w.headers(0, false, ":status", "200")),
  HEADERS_ON_AN_IDLE_STREAM(Harm.CONNECTION, (w, s) -> w.headers(99, false, ":status", "200")),
  HEADERS_PADDED_TOO_FAR(
      Harm.CONNECTION, (w, s) -> w.frame(HEADERS, 8 | 4, s, new byte[] {100, 0, 0})),
  HEADERS_WITH_HALF_A_PRIORITY(
      Harm.CONNECTION, (w, s) -> w.frame(HEADERS, 0x20 | 4, s, new byte[3])),
  TRAILERS_THAT_DO_NOT_END(
      Harm.CALL,
      (w, s) -> {
        w.headers(s, false, ":status", "200");
        w.headers(s, false, "grpc-status", "0");
      }),
  ANSWER_WITHOUT_A_STATUS(
      Harm.CALL,
      (w, s) -> {
        w.headers(s, false, "content-type", "application/grpc");
        w.data(s, true, 5);
      }),
  ANSWER_WITH_A_REQUESTS_HEADERS(
      Harm.CALL, (w, s) -> w.headers(s, true, ":path", "/", ":status", "200")),
  ANSWER_WITH_HEADERS_NOBODY_KNOWS(
      Harm.CALL, (w, s) -> w.headers(s, true, ":status", "200", ":other", "1")),
  PSEUDO_HEADERS_LAST(
      Harm.CALL, (w, s) -> w.headers(s, true, "content-type", "x", ":status", "200")),
  HEADERS_TOO_LONG(
      Harm.CALL,
      (w, s) -> w.longHeaders(s, true, 16_384, ":status", "200", "x", "y".repeat(100_000))),
  HEADERS_WITH_A_NAME_IN_CAPITALS(
      Harm.CALL, (w, s) -> w.headers(s, true, ":status", "200", "X", "y")),
  HEADERS_WITHOUT_A_NAME(Harm.CALL, (w, s) -> w.headers(s, true, ":status", "200", "", "y")),
  HEADERS_WITH_A_LINE_END(Harm.CALL, (w, s) -> w.headers(s, true, ":status", "200", "x", "a\nb")),
  HEADERS_OF_THE_CONNECTION(
      Harm.CALL, (w, s) -> w.headers(s, true, ":status", "200", "connection", "close")),
  HEADERS_OF_INTERIM_ANSWERS_THAT_END(Harm.CALL, (w, s) -> w.headers(s, true, ":status", "103")),

  HPACK_GARBAGE(Harm.CONNECTION, (w, s) -> w.frame(HEADERS, 4, s, ones(50))),
  HPACK_INDEX_OF_NOTHING(Harm.CONNECTION, (w, s) -> w.frame(HEADERS, 4, s, bytes(0x80))),
  HPACK_INDEX_BEYOND_THE_TABLE(Harm.CONNECTION, (w, s) -> w.frame(HEADERS, 4, s, bytes(0x80 | 70))),
  HPACK_NUMBER_WITHOUT_END(Harm.CONNECTION, (w, s) -> w.frame(HEADERS, 4, s, endlessNumber())),
  HPACK_TABLE_LARGER_THAN_ALLOWED(
      Harm.CONNECTION, (w, s) -> w.frame(HEADERS, 4, s, bytes(0x3f, 0xe2, 0xff, 0x7f))),
  HPACK_TEXT_THAT_IS_CUT_OFF(
      Harm.CONNECTION, (w, s) -> w.frame(HEADERS, 5, s, bytes(0, 3, 'a', 'b', 'c', 100, 'd'))),
  HPACK_HUFFMAN_OF_THE_END(
      Harm.CONNECTION,
      (w, s) -> w.frame(HEADERS, 5, s, bytes(0, 1, 'a', 0x84, 0xff, 0xff, 0xff, 0xff))),

  CONTINUATION_OF_NOTHING(Harm.CONNECTION, (w, s) -> w.frame(CONTINUATION, 4, s, new byte[0])),
  CONTINUATION_OF_ANOTHER_STREAM(
      Harm.CONNECTION,
      (w, s) -> {
        w.frame(HEADERS, 0, s, new byte[0]);
        w.frame(CONTINUATION, 4, 99, new byte[0]);
      }),
  FRAMES_BETWEEN_CONTINUATIONS(
      Harm.CONNECTION,
      (w, s) -> {
        w.frame(HEADERS, 0, s, new byte[0]);
        w.frame(PING, 0, 0, new byte[8]);
      }),

  RESET_ON_THE_CONNECTION(Harm.CONNECTION, (w, s) -> w.reset(0, Http2Error.CANCEL)),
  RESET_OF_AN_IDLE_STREAM(Harm.CONNECTION, (w, s) -> w.reset(99, Http2Error.CANCEL)),
  RESET_OF_AN_EVEN_STREAM(Harm.CONNECTION, (w, s) -> w.reset(2, Http2Error.CANCEL)),
  RESET_TOO_SHORT(Harm.CONNECTION, (w, s) -> w.frame(RST_STREAM, 0, s, new byte[3])),
  RESET_OF_AN_UNKNOWN_KIND(
      Harm.CALL, (w, s) -> w.frame(RST_STREAM, 0, s, new byte[] {(byte) 0xff, 1, 2, 3})),

  SETTINGS_ON_A_STREAM(Harm.CONNECTION, (w, s) -> w.frame(SETTINGS, 0, s, new byte[0])),
  SETTINGS_CUT_OFF(Harm.CONNECTION, (w, s) -> w.frame(SETTINGS, 0, 0, new byte[5])),
  SETTINGS_ACKNOWLEDGED_AT_LENGTH(Harm.CONNECTION, (w, s) -> w.frame(SETTINGS, 1, 0, new byte[6])),

  PING_ON_A_STREAM(Harm.CONNECTION, (w, s) -> w.frame(PING, 0, s, new byte[8])),
  PING_TOO_SHORT(Harm.CONNECTION, (w, s) -> w.frame(PING, 0, 0, new byte[7])),
  PONG_THAT_NOBODY_ASKED_FOR(Harm.NONE, (w, s) -> w.frame(PING, 1, 0, new byte[8])),

  PRIORITY_ON_THE_CONNECTION(Harm.CONNECTION, (w, s) -> w.frame(PRIORITY, 0, 0, new byte[5])),
  PRIORITY_TOO_SHORT(Harm.CALL, (w, s) -> w.frame(PRIORITY, 0, s, new byte[4])),

  PUSH(
      Harm.CONNECTION, (w, s) -> w.frame(PUSH_PROMISE, 4, s, new byte[] {0, 0, 0, 2, (byte) 0x82})),

  GO_AWAY_ON_A_STREAM(Harm.CONNECTION, (w, s) -> w.frame(GOAWAY, 0, s, new byte[8])),
  GO_AWAY_CUT_OFF(Harm.CONNECTION, (w, s) -> w.frame(GOAWAY, 0, 0, new byte[7])),

  WINDOW_OF_AN_IDLE_STREAM(Harm.CONNECTION, (w, s) -> w.windowUpdate(99, 1)),
  WINDOW_THAT_GROWS_BY_NOTHING(Harm.CONNECTION, (w, s) -> w.windowUpdate(0, 0)),
  WINDOW_OF_A_CALL_THAT_GROWS_BY_NOTHING(Harm.CALL, (w, s) -> w.windowUpdate(s, 0)),
  WINDOW_TOO_SHORT(Harm.CONNECTION, (w, s) -> w.frame(WINDOW_UPDATE, 0, 0, new byte[3])),

  A_FRAME_LARGER_THAN_ALLOWED(Harm.CONNECTION, (w, s) -> w.raw(head(16_385, DATA, s))),
  A_FRAME_OF_SIXTEEN_MEGABYTES(Harm.CONNECTION, (w, s) -> w.raw(head(0xff_ffff, 0x42, s))),
  TEXT_IN_THE_MIDDLE(
      Harm.CONNECTION,
      (w, s) -> w.raw("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));

  /** The most that may come of it. */
  enum Harm {
    /** The call is answered as if nothing had been. */
    NONE,
    /** The call fails, alone or with its connection. */
    CALL,
    /** The connection is given up, with its calls. */
    CONNECTION
  }

  private interface Script {
    void play(Wire wire, int stream) throws IOException;
  }

  final Harm harm;
  private final Script script;

  Offence(Harm harm, Script script) {
    this.harm = harm;
    this.script = script;
  }

  /**
   * @param stream a call's, which has not been answered
   */
  void commit(Wire wire, int stream) throws IOException {
    script.play(wire, stream);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] ones(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) -1);
    return bytes;
  }

  private static byte[] endlessNumber() {
    byte[] bytes = ones(1_000);
    Arrays.fill(bytes, 1, bytes.length, (byte) 0x80);
    return bytes;
  }

  /** Returns the header of a frame without its payload. */
  private static byte[] head(int length, int type, int stream) {
    return ByteBuffer.allocate(9).putInt((length << 8) | type).put((byte) 0).putInt(stream).array();
  }
}
