package io.pushfanout.delivery;

import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.DeliveryFailure;
import io.pushfanout.queue.QueuedMessage;
import java.util.List;

/**
 * One stream of deliveries to a node, which acknowledges them in their order. Everything is on the
 * connection's loop, and as with {@link NodeConnection} no callback is made from within a call.
 */
public interface NodeStream {
  /**
   * How many bytes the next batch may have, so that all of it leaves at once and nothing of it is
   * held beside the queue. When there are none, {@link Listener#onWritable} will tell.
   */
  int room();

  /**
   * Sends messages as one request, in this order. Only while there is {@link #room}. They need not
   * be on the wire before {@link NodeConnection#flush}. Where memory is missing for them the stream
   * ends, as with its connection.
   *
   * @param batch stays the caller's; at most so many bytes as there is room for, or one message, of
   *     which a part leaves later
   */
  void send(List<QueuedMessage> batch);

  /** Says that there will be no more. The node acknowledges what it has, and ends the stream. */
  void finish();

  /** Ends the stream at once. Nothing is heard of it after that. May be called more than once. */
  void reset();

  /** What the engine hears of a stream. */
  interface Listener {
    /** A batch can be sent again, after there was no {@link NodeStream#room}. */
    void onWritable();

    /**
     * The node has handled the next messages.
     *
     * @param count never more than are unacknowledged
     * @param failures those of them that failed, each once
     */
    void onAcknowledged(int count, List<DeliveryFailure> failures);

    /**
     * The last that is heard: the stream is over, whatever is unacknowledged.
     *
     * @param code as the node said, OK included
     */
    void onEnded(Evidence evidence, StatusCode code, String detail);

    /** The last that is heard: the node has provably not seen the stream. */
    void onUnprocessed(Evidence evidence);
  }
}
