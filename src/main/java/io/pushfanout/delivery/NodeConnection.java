package io.pushfanout.delivery;

import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.queue.QueuedMessage;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to one node, which dials, and dials again after each loss, until it is closed.
 *
 * <p>It lives on one event loop for its whole life. Every method but {@link #loop} is called on
 * that loop, every callback is made on it, and none of them blocks. A callback is never made from
 * within a call of {@link #deliver}: it always comes later.
 */
public interface NodeConnection {
  /**
   * The loop that all of this happens on; the same from creation to the end. May be called by
   * anyone.
   */
  ScheduledExecutorService loop();

  /** Begins to dial. Called once, first. */
  void start();

  /**
   * Somebody has heard that the node is back, perhaps elsewhere: dials now if it waits to dial
   * again, and beside a dial that is under way, from the look-up of the name on.
   */
  void reconnectNow();

  /**
   * How to speak to the node from now on. A connection that was made otherwise takes nothing more,
   * deliveries in flight end on it, and another is dialled at once.
   */
  void speak(TlsChoice tls);

  /**
   * What calls, and streams that are opened, tell the node to broadcast to from now on; at first
   * nothing.
   */
  void target(@Nullable DeliveryTarget target);

  /**
   * Whether one more delivery or stream can be started now. When not, {@link Listener#onAvailable}
   * will tell.
   */
  boolean available();

  /**
   * Starts a delivery, whose end the listener hears exactly once, by {@link Listener#onCompleted}
   * or {@link Listener#onUnprocessed}. Only while {@link #available}. What is started need not be
   * on the wire before {@link #flush}. Where memory is missing for it the connection ends, and the
   * delivery with it; when this throws, it has not been started.
   *
   * @param timeoutNanos from now until the delivery fails with DEADLINE_EXCEEDED
   */
  void deliver(QueuedMessage message, long timeoutNanos);

  /**
   * Opens a stream of deliveries, of which the listener hears until it has ended. Only while {@link
   * #available}. It need not be on the wire before {@link #flush}.
   */
  NodeStream openStream(NodeStream.Listener listener);

  /**
   * Resets the deliveries in flight, streams excepted: they are the caller's again, and the
   * listener does not hear of their end.
   */
  List<QueuedMessage> reset();

  /** Puts on the wire what was started since the last flush. */
  void flush();

  /**
   * Ends the connection for good: deliveries and streams in flight are cancelled and end with
   * CANCELLED, before this returns. Nothing is heard after that. May be called more than once.
   */
  void close();

  /** What the engine hears of a connection. */
  interface Listener {
    /**
     * The node is connected and has said what it allows: deliveries can start.
     *
     * @param concurrency the most deliveries, or streams of them, that the node takes at a time, 1
     *     or more
     */
    void onConnected(int concurrency);

    /** The node allows another number of deliveries at a time from now on, 0 or more. */
    void onConcurrency(int concurrency);

    /**
     * The connection takes no more deliveries, or another dial has failed; it is being dialled
     * again. Deliveries in flight have completed, or will, on their own.
     *
     * @param why one line for people
     * @param orderly nothing is wrong: the next connection is dialled at once. It is heard again,
     *     not orderly, when that dial fails or takes longer than 1 s
     */
    void onDisconnected(String why, boolean orderly);

    /**
     * There is no connection, and the node is not dialled before {@link #speak}: the program has
     * not what it was told to speak by.
     *
     * @param why one line for people
     */
    void onNotDialled(String why);

    /** A delivery can be started again, after {@link NodeConnection#available} was false. */
    void onAvailable();

    /**
     * The node is a fan-out server and has refused a message, or a stream of them, because that has
     * been through the node before, or through too many processes. The delivery's end follows.
     */
    void onLoop();

    /**
     * The node has answered, or the delivery has ended without an answer.
     *
     * @param detail the node's text, or one line for people
     */
    void onCompleted(QueuedMessage message, Evidence evidence, StatusCode code, String detail);

    /**
     * The node has provably not processed the delivery: it may be made again at no risk.
     *
     * @param evidence {@link Evidence#ABSENT} where it was refused by itself
     */
    void onUnprocessed(QueuedMessage message, Evidence evidence);
  }
}
