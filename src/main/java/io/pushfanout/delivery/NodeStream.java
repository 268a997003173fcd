package io.pushfanout.delivery;

import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.util.List;

/**
 * One stream of deliveries to a node, which acknowledges them in their order. Methods and callbacks
 * run on the connection's loop. As with {@link NodeConnection}, no callback runs within a call.
 */
public interface NodeStream {
  /**
   * Returns the bytes that the next batch may have, so that all of it leaves at once and none of it
   * is held outside the queue. After 0, {@link Listener#onWritable} follows once there is room.
   */
  int room();

  /**
   * Sends messages as one request, in this order. Allowed only while there is {@link #room}. The
   * messages need not be on the wire before {@link NodeConnection#flush}. If memory is missing for
   * them, the connection ends, and the stream with it.
   *
   * @param batch the messages, in a list that stays the caller's: at most as many bytes as there is
   *     room for, or one message, of which a part leaves later
   */
  void send(List<QueuedMessage> batch);

  /**
   * Ends the sending side: no messages follow. The node acknowledges the messages that it has, and
   * ends the stream.
   */
  void finish();

  /** Ends the stream at once; no callback follows. May be called more than once. */
  void reset();

  /** The receiver of a stream's events. */
  interface Listener {
    /** A batch can be sent again, after there was no {@link NodeStream#room}. */
    void onWritable();

    /**
     * The node has handled the next messages.
     *
     * @param count the number of messages, never more than are unacknowledged
     * @param failures the failed ones of these messages, each once
     */
    void onAcknowledged(int count, List<DeliveryFailure> failures);

    /**
     * The last event: the stream is over, with all messages that are unacknowledged.
     *
     * @param code the node's code, OK included
     */
    void onEnded(Evidence evidence, StatusCode code, String detail);

    /** The last event: the node has provably not seen the stream. */
    void onUnprocessed(Evidence evidence);
  }
}
