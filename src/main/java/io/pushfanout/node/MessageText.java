package io.pushfanout.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.pushfanout.protocol.Proto;
import io.vertx.core.json.Json;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * A message in the JSON form for users. The size is computed before the text is written, and a
 * UTF-8 body is written without an intermediate copy: a body may be a large part of a small heap.
 */
final class MessageText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final byte[] END = "\"}".getBytes(US_ASCII);

  private final byte[] head;
  private final ByteString body;
  private final boolean text;
  private final long size;

  private MessageText(byte[] head, ByteString body, boolean text) {
    this.head = head;
    this.body = body;
    this.text = text;
    size = head.length + END.length + (text ? escapedSize(body) : (body.size() + 2L) / 3 * 4);
  }

  static MessageText of(String room, Proto message) {
    ByteString body = message.getBody();
    boolean text = body.isValidUtf8();
    String head =
        "{\"ver\":%d,\"op\":%d,\"seq\":%d,\"roomid\":%s,\"%s\":\""
            .formatted(
                message.getVer(),
                message.getOp(),
                message.getSeq(),
                Json.encode(room),
                text ? "body" : "bodyBase64");
    return new MessageText(head.getBytes(UTF_8), body, text);
  }

  /** Returns the bytes of the JSON. */
  long size() {
    return size;
  }

  private static long escapedSize(ByteString body) {
    long size = 0;
    for (ByteBuffer part : body.asReadOnlyByteBufferList()) {
      while (part.hasRemaining()) {
        size += sizeOf(part.get());
      }
    }
    return size;
  }

  void writeTo(ByteBuf out) {
    out.writeBytes(head);
    if (text) {
      for (ByteBuffer part : body.asReadOnlyByteBufferList()) {
        writeEscaped(part, out);
      }
    } else {
      out.writeBytes(Base64.getEncoder().encode(body.asReadOnlyByteBuffer()));
    }
    out.writeBytes(END);
  }

  /** Writes the part; bytes without an escape between them are copied as one run. */
  private static void writeEscaped(ByteBuffer part, ByteBuf out) {
    int from = part.position();
    for (int at = from; at < part.limit(); at++) {
      byte b = part.get(at);
      if (sizeOf(b) > 1) {
        out.writeBytes(part.slice(from, at - from));
        writeEscape(b, out);
        from = at + 1;
      }
    }
    out.writeBytes(part.slice(from, part.limit() - from));
  }

  private static int sizeOf(byte b) {
    if (b < 0 || b > '\\') {
      return 1;
    }
    return b < ' ' ? (shortEscape(b) == 0 ? 6 : 2) : b == '"' || b == '\\' ? 2 : 1;
  }

  private static void writeEscape(byte b, ByteBuf out) {
    byte letter = b < ' ' ? shortEscape(b) : b;
    out.writeByte('\\');
    if (letter != 0) {
      out.writeByte(letter);
    } else {
      out.writeByte('u').writeByte('0').writeByte('0').writeByte(HEX[b >> 4]);
      out.writeByte(HEX[b & 0xf]);
    }
  }

  private static byte shortEscape(byte b) {
    return switch (b) {
      case '\b' -> 'b';
      case '\t' -> 't';
      case '\n' -> 'n';
      case '\f' -> 'f';
      case '\r' -> 'r';
      default -> 0;
    };
  }
}
