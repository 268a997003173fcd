package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pushfanout.http2.Body;
import io.pushfanout.http2.PendingBytes;
import io.pushfanout.queue.QueuedMessage;

/**
 * The body of a unary call: one payload with gRPC's prefix. The payload is never copied to wait:
 * nodes that do not read must not hold a copy each.
 */
record UnaryRequest(QueuedMessage message) implements Body {
  @Override
  public int size() {
    return MessageEncoder.PREFIX_BYTES + message.size();
  }

  @Override
  public boolean isShared() {
    return MessageEncoder.isShared(message);
  }

  @Override
  public void writeTo(ByteBuf out) {
    MessageEncoder.writePrefix(out, message.size());
    out.writeBytes(message.payload().bytes());
  }

  @Override
  public void holdIn(PendingBytes waiting) {
    byte[] prefix = new byte[MessageEncoder.PREFIX_BYTES];
    MessageEncoder.writePrefix(Unpooled.wrappedBuffer(prefix).clear(), message.size());
    waiting.add(prefix);
    MessageEncoder.hold(message, waiting);
  }
}
