package io.pushfanout.fanout;

import io.pushfanout.model.Payload;
import org.jspecify.annotations.Nullable;

/**
 * One message for one node, from its enqueue to its end. A connection reads the payload; the rest
 * is the engine's.
 */
public final class QueuedMessage {
  private final Payload payload;

  /** When it was enqueued, on the engine's clock: what TTL and latency count from. */
  final long enqueuedNanos;

  /** Place in the node's order; a message that is given back returns to it. */
  final long sequence;

  /** Delivery attempts begun and not given back. Touched on the client's loop only. */
  int attempts;

  /** How often a node has refused it without processing it. Touched on the client's loop only. */
  int refusals;

  /** Its neighbours in {@link WaitingMessages}. */
  @Nullable QueuedMessage older;

  @Nullable QueuedMessage younger;

  /** Made by the queue; public for the tests of connections. */
  public QueuedMessage(Payload payload, long enqueuedNanos, long sequence) {
    this.payload = payload;
    this.enqueuedNanos = enqueuedNanos;
    this.sequence = sequence;
  }

  public Payload payload() {
    return payload;
  }

  int size() {
    return payload.size();
  }
}
