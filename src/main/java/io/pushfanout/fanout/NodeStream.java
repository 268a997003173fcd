package io.pushfanout.fanout;

import io.pushfanout.model.Payload;
import io.pushfanout.model.StatusCode;
import java.util.List;

/**
 * One stream of deliveries to a node, which acknowledges them in their order. Everything is on the
 * connection's loop, and as with {@link NodeConnection} no callback is made from within a call.
 */
public interface NodeStream {
  /** The most bytes of one request, unless it is one message. */
  int MAX_BATCH_BYTES = 1 << 20;

  /** What a message in a request may take besides its own bytes and its {@code via}. */
  int ENVELOPE_OVERHEAD = 12;

  /** What a message takes of a request, at most. */
  static long envelopeBytes(Payload payload) {
    return (long) payload.size() + payload.via().envelopeFields().length + ENVELOPE_OVERHEAD;
  }

  /** Whether a batch can be sent now. When not, {@link Listener#onWritable} will tell. */
  boolean isWritable();

  /**
   * Sends messages as one request, in this order. Only while {@link #isWritable}. They need not be
   * on the wire before {@link NodeConnection#flush}.
   *
   * @param batch stays the caller's; at most {@link #MAX_BATCH_BYTES}, or one message
   */
  void send(List<QueuedMessage> batch);

  /** Says that there will be no more. The node acknowledges what it has, and ends the stream. */
  void finish();

  /** Ends the stream at once. Nothing is heard of it after that. May be called more than once. */
  void reset();

  /**
   * A message that the node could not handle.
   *
   * @param offset which one, of those that are acknowledged with it, from 0
   */
  record Failure(int offset, StatusCode code, String detail) {}

  /** What the engine hears of a stream. */
  interface Listener {
    /** A batch can be sent again, after {@link NodeStream#isWritable} was false. */
    void onWritable();

    /**
     * The node has handled the next messages.
     *
     * @param count never more than are unacknowledged
     * @param failures those of them that failed, each once
     */
    void onAcknowledged(int count, List<Failure> failures);

    /**
     * The last that is heard: the stream is over, whatever is unacknowledged.
     *
     * @param code as the node said, OK included
     */
    void onEnded(StatusCode code, String detail);

    /** The last that is heard: the node has provably not seen the stream. */
    void onUnprocessed();
  }
}
