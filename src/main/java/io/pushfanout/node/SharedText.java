package io.pushfanout.node;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A JSON text for users in its WebSocket frame, encoded once for any number of sockets.
 *
 * <p>The bytes lie outside the heap, because Netty copies heap bytes for each socket that cannot
 * accept them at once. The creator releases the text; an {@link SendBuffer} retains it until it is
 * written.
 */
final class SharedText {
  private static final int MAX_HEADER_BYTES = 10;

  /** First byte of a frame that is a whole text message. */
  private static final int FINAL_TEXT = 0x81;

  private final TextMemory memory;
  private final int size;
  private final ByteBuf frame;
  private final AtomicInteger holders = new AtomicInteger(1);

  /** Number of users with this text in their outbox; for the node's event loop. */
  private int waiting;

  private SharedText(int size, TextMemory memory) {
    this.memory = memory;
    this.size = size;
    frame =
        PooledByteBufAllocator.DEFAULT.directBuffer(
            MAX_HEADER_BYTES + size, MAX_HEADER_BYTES + size);
    writeHeader(size, frame);
  }

  static SharedText of(JsonObject json, TextMemory memory) {
    Buffer encoded = json.toBuffer();
    SharedText text = new SharedText(encoded.length(), memory);
    text.frame.writeBytes(encoded.getBytes());
    return text;
  }

  static SharedText of(MessageText json, TextMemory memory) {
    SharedText text = new SharedText(Math.toIntExact(json.size()), memory);
    json.writeTo(text.frame);
    return text;
  }

  /** Writes the header of RFC 6455, section 5.2; a server does not mask. */
  private static void writeHeader(int size, ByteBuf out) {
    out.writeByte(FINAL_TEXT);
    if (size < 126) {
      out.writeByte(size);
    } else if (size <= 0xffff) {
      out.writeByte(126).writeShort(size);
    } else {
      out.writeByte(127).writeLong(size);
    }
  }

  /** Returns the bytes of the JSON. */
  int size() {
    return size;
  }

  /**
   * Returns the frame. It bypasses Netty's own frame encoder, which copies small texts for each
   * socket.
   */
  ByteBuf frame() {
    return frame.retainedDuplicate();
  }

  void retain() {
    holders.incrementAndGet();
  }

  /** Records that one more outbox holds the text, until {@link #onDequeued}. */
  void onQueued() {
    retain();
    if (waiting++ == 0) {
      memory.addWaiting(size);
    }
  }

  /** Records that one outbox no longer holds the text. */
  void onDequeued() {
    if (--waiting == 0) {
      memory.addWaiting(-size);
    }
    release();
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      frame.release();
      memory.released(size);
    }
  }
}
