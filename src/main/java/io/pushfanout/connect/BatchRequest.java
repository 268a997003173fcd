package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pushfanout.http2.Body;
import io.pushfanout.http2.PendingBytes;
import io.pushfanout.model.Payload;
import io.pushfanout.queue.QueuedMessage;
import java.util.List;

/**
 * A {@code DeliverRequest} with gRPC's prefix: an envelope for each message of a batch. Small
 * payloads are copied to wait, since a copy costs less than a piece of its own; a message alone is
 * not: nodes that do not read must not hold a copy each.
 */
final class BatchRequest implements Body {
  private static final int COPIED_BYTES = 1024;

  private final List<QueuedMessage> batch;
  private final int messageBytes;
  private final boolean shared;

  /**
   * @param batch at least one message
   */
  BatchRequest(List<QueuedMessage> batch) {
    this.batch = batch;
    int bytes = 0;
    boolean large = false;
    for (QueuedMessage message : batch) {
      bytes += MessageEncoder.headBytes(message.payload()) + message.size();
      large |= MessageEncoder.isShared(message);
    }
    messageBytes = bytes;
    shared = large;
  }

  @Override
  public int size() {
    return MessageEncoder.PREFIX_BYTES + messageBytes;
  }

  @Override
  public boolean isShared() {
    return shared;
  }

  @Override
  public void writeTo(ByteBuf out) {
    MessageEncoder.writePrefix(out, messageBytes);
    for (QueuedMessage message : batch) {
      Payload payload = message.payload();
      MessageEncoder.writeHead(out, payload);
      out.writeBytes(payload.bytes());
    }
  }

  @Override
  public void holdIn(PendingBytes waiting) {
    for (int first = 0; first < batch.size(); ) {
      first = holdFrom(first, waiting);
    }
  }

  /**
   * Adds one piece with the messages that are copied, and the message after them as another.
   * Returns the index of the message that follows.
   */
  private int holdFrom(int first, PendingBytes waiting) {
    int bytes = first == 0 ? MessageEncoder.PREFIX_BYTES : 0;
    int next = first;
    for (; next < batch.size() && isCopied(next); next++) {
      bytes += MessageEncoder.headBytes(payload(next)) + payload(next).size();
    }
    boolean isLast = next == batch.size();
    byte[] piece = new byte[isLast ? bytes : bytes + MessageEncoder.headBytes(payload(next))];
    ByteBuf out = Unpooled.wrappedBuffer(piece).clear();
    if (first == 0) {
      MessageEncoder.writePrefix(out, messageBytes);
    }
    for (int i = first; i < next; i++) {
      MessageEncoder.writeHead(out, payload(i));
      out.writeBytes(payload(i).bytes());
    }
    if (isLast) {
      waiting.add(piece);
      return next;
    }
    MessageEncoder.writeHead(out, payload(next));
    waiting.add(piece);
    MessageEncoder.hold(batch.get(next), waiting);
    return next + 1;
  }

  private Payload payload(int index) {
    return batch.get(index).payload();
  }

  private boolean isCopied(int index) {
    return batch.size() > 1 && payload(index).size() <= COPIED_BYTES;
  }
}
