package io.pushfanout.queue;

import io.pushfanout.model.Payload;
import org.jspecify.annotations.Nullable;

/**
 * One message for one node, from its enqueue to its end. A connection reads the payload; the rest
 * is the engine's.
 */
public final class QueuedMessage {
  /**
   * What one of these takes on the heap, with its place in a list. {@code MemoryCostTest} measures
   * it.
   */
  public static final int ENTRY_BYTES = 64;

  private final Message message;

  /** When it was enqueued, on the engine's clock: what TTL and latency count from. */
  public final long enqueuedNanos;

  /** Place in the node's order; a message that is given back returns to it. */
  public final long sequence;

  /** Delivery attempts begun and not given back. Touched on the client's loop only. */
  public int attempts;

  /** How often a node has refused it without processing it. Touched on the client's loop only. */
  public int refusals;

  /** Its neighbours in {@link WaitingMessages}. */
  @Nullable QueuedMessage older;

  @Nullable QueuedMessage younger;

  /** What it is counted in there; null while it is not waiting. */
  @Nullable MessageRun run;

  /** Whether it waits for its next attempt on a stream, and behind which; see {@link Lane}. */
  Rest rest = Rest.NONE;

  enum Rest {
    NONE,
    RESTING,
    /** Its own wait is over, and that of an older one of its lane is not. */
    OVER,
    /** It has ended, and is to be skipped. */
    ENDED
  }

  QueuedMessage(Message message, long enqueuedNanos, long sequence) {
    this.message = message;
    this.enqueuedNanos = enqueuedNanos;
    this.sequence = sequence;
  }

  /** One that no queue holds, for the tests of connections. */
  public static QueuedMessage alone(Payload payload, long enqueuedNanos, long sequence) {
    return new QueuedMessage(
        Message.alone(payload, MemoryBudget.unlimited()), enqueuedNanos, sequence);
  }

  public Payload payload() {
    return message.payload();
  }

  public int size() {
    return payload().size();
  }

  /** Whether it is among those that wait. Whoever has passed it over may find that it is not. */
  public boolean isWaiting() {
    MessageRun among = run;
    return among != null && !among.hasLeft();
  }

  /** Whether it goes by a call, to a node that streams too. */
  boolean goesByCall() {
    return EnvelopeSize.bytes(payload()) > EnvelopeSize.MAX_BYTES;
  }

  /** It has ended in this queue. */
  void letGo() {
    message.letGo();
  }
}
