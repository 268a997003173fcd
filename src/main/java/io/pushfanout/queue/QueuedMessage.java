package io.pushfanout.queue;

import io.pushfanout.model.Payload;
import io.pushfanout.queue.HeldPayload.SharedForm;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One message for one node, from its enqueue to its end. A connection reads the payload; the other
 * members belong to the engine.
 */
public final class QueuedMessage {
  /** Heap bytes of one entry, with its place in a list. {@code MemoryCostTest} measures it. */
  public static final int ENTRY_BYTES = 64;

  private final Message message;

  /** Bytes of the payload, which is far away in memory when the message ends. */
  private final int size;

  /** Time of the enqueue, on the engine's clock; TTL and latency count from it. */
  public final long enqueuedNanos;

  /** Place in the node's order; a message that is given back returns to it. */
  public final long sequence;

  /** Delivery attempts begun and not given back. Touched on the client's loop only. */
  public int attempts;

  /** Whether the last attempt went by a stream. Touched on the client's loop only. */
  public boolean byStream;

  /**
   * Number of times that a node has refused it without processing it. Touched on the client's loop
   * only.
   */
  public int refusals;

  /** Neighbours in {@link WaitingMessages}. */
  @Nullable QueuedMessage older;

  @Nullable QueuedMessage younger;

  /** Run of {@link WaitingMessages} that counts it; null while it is not waiting. */
  @Nullable MessageRun run;

  /** State of its next attempt on a stream; see {@link Lane}. */
  RetryState retryState = RetryState.NONE;

  enum RetryState {
    NONE,
    BACKING_OFF,
    /** The backoff has ended, but an older message of the lane still backs off. */
    READY,
    /** The message has ended, and is skipped. */
    ENDED
  }

  QueuedMessage(Message message, long enqueuedNanos, long sequence) {
    this.message = message;
    this.size = message.payload().size();
    this.enqueuedNanos = enqueuedNanos;
    this.sequence = sequence;
  }

  /** Returns a message that no queue holds, for the tests of connections. */
  public static QueuedMessage alone(Payload payload, long enqueuedNanos, long sequence) {
    return new QueuedMessage(
        Message.alone(payload, MemoryBudget.unlimited()), enqueuedNanos, sequence);
  }

  public Payload payload() {
    return message.payload();
  }

  /**
   * Returns the form of the payload's bytes that connections share, made by the first caller. Only
   * until the message's end here.
   *
   * @param maker makes a form of the payload's bytes, which takes nothing before its first use
   */
  public SharedForm form(Function<byte[], SharedForm> maker) {
    return message.form(maker);
  }

  public int size() {
    return size;
  }

  /**
   * Returns whether it is among the waiting messages. A lane that has skipped it may find that it
   * has left.
   */
  public boolean isWaiting() {
    MessageRun among = run;
    return among != null && !among.hasLeft();
  }

  /** Returns whether it goes by a call, even to a node that streams. */
  boolean goesByCall() {
    return EnvelopeSize.bytes(payload()) > EnvelopeSize.MAX_BYTES;
  }

  /** Ends the message in the queue with that ledger, and releases it. */
  void ended(DeliveryEnd end, Ledger ledger) {
    DeliveryEnd.Receiver ends = message.ends();
    if (ends != null) {
      ends.ended(this, end, ledger);
    }
    message.release();
  }
}
