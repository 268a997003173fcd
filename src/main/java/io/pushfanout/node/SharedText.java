package io.pushfanout.node;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.pushfanout.protocol.Proto;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Base64;

/**
 * JSON for users, encoded once however many sockets it is written to.
 *
 * <p>The bytes lie outside the heap, because Netty copies heap bytes for each socket that cannot
 * take them at once. Whoever made it releases it; a frame keeps the bytes until it is written.
 */
final class SharedText {
  private final ByteBuf bytes;

  private SharedText(JsonObject json) {
    Buffer encoded = json.toBuffer();
    bytes = PooledByteBufAllocator.DEFAULT.directBuffer(encoded.length(), encoded.length());
    bytes.writeBytes(encoded.getBytes());
  }

  static SharedText of(JsonObject json) {
    return new SharedText(json);
  }

  /** A message as users get it; a body that is not UTF-8 travels as {@code bodyBase64}. */
  static SharedText ofMessage(String room, Proto message) {
    JsonObject json =
        new JsonObject()
            .put("ver", message.getVer())
            .put("op", message.getOp())
            .put("seq", message.getSeq())
            .put("roomid", room);
    ByteString body = message.getBody();
    if (body.isValidUtf8()) {
      json.put("body", body.toStringUtf8());
    } else {
      // Vert.x would write bytes in the URL's alphabet and without padding.
      json.put("bodyBase64", Base64.getEncoder().encodeToString(body.toByteArray()));
    }
    return new SharedText(json);
  }

  int size() {
    return bytes.readableBytes();
  }

  TextWebSocketFrame frame() {
    return new TextWebSocketFrame(bytes.retainedDuplicate());
  }

  void release() {
    bytes.release();
  }
}
