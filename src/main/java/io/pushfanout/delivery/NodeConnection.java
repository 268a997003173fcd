package io.pushfanout.delivery;

import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.queue.QueuedMessage;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to one node, which dials, and dials again after each loss, until it is closed.
 *
 * <p>The connection lives on one event loop for its whole life. Every method but {@link #loop} is
 * called on that loop, every callback runs on it, and none of them blocks. A callback never runs
 * within a call of {@link #deliver}: it always comes later.
 */
public interface NodeConnection {
  /**
   * Returns the loop of the connection, the same from creation to the end. May be called from any
   * thread.
   */
  ScheduledExecutorService loop();

  /** Begins to dial. Called once, first. */
  void start();

  /**
   * Reacts to news that the node is back, perhaps at another address. A connection that waits to
   * dial dials now. A dial under way goes on, and is joined by another one from the look-up of the
   * name on.
   */
  void reconnectNow();

  /**
   * Changes the TLS choice. A connection that was made with another choice takes nothing more, its
   * deliveries in flight end on it, and a new one is dialled at once.
   */
  void setTls(TlsChoice tls);

  /**
   * Sets the delivery target that calls and newly opened streams carry from now on: where the node
   * is to broadcast to. The target is null at first.
   */
  void target(@Nullable DeliveryTarget target);

  /**
   * Returns whether one more delivery or stream can start now. If not, {@link Listener#onAvailable}
   * follows once one can.
   */
  boolean available();

  /**
   * Starts a delivery. The listener receives its end exactly once, by {@link Listener#onCompleted}
   * or {@link Listener#onUnprocessed}. Allowed only while {@link #available}. The delivery need not
   * be on the wire before {@link #flush}.
   *
   * <p>If memory is missing for the delivery, the connection ends, and the delivery with it. If
   * this method throws, the delivery has not been started.
   *
   * @param timeoutNanos nanoseconds from now until the delivery fails with DEADLINE_EXCEEDED
   */
  void deliver(QueuedMessage message, long timeoutNanos);

  /**
   * Opens a stream of deliveries, which notifies the listener until it has ended. Allowed only
   * while {@link #available}. The stream need not be on the wire before {@link #flush}.
   */
  NodeStream openStream(NodeStream.Listener listener);

  /**
   * Opens a stream of the node's rooms. Allowed only while {@link #available}. The stream need not
   * be on the wire before {@link #flush}.
   */
  InterestStream openInterest(InterestStream.Listener listener);

  /**
   * Resets the deliveries in flight, streams excepted, and returns them to the caller. The listener
   * does not receive their end.
   */
  List<QueuedMessage> reset();

  /** Writes everything that was started since the last flush. */
  void flush();

  /**
   * Closes the connection for good. Deliveries and streams in flight are cancelled and end with
   * CANCELLED before this returns; no callback follows. May be called more than once.
   */
  void close();

  /** The receiver of a connection's events. */
  interface Listener {
    /**
     * The node is connected and has announced its limits: deliveries can start.
     *
     * @param concurrency the most deliveries, or streams of them, that the node takes at a time, 1
     *     or more
     */
    void onConnected(int concurrency);

    /** The node allows another number of deliveries at a time from now on, 0 or more. */
    void onConcurrency(int concurrency);

    /**
     * The connection takes no more deliveries, or another dial has failed; the node is being
     * dialled again. Deliveries in flight have completed, or will complete, on their own.
     *
     * @param why one line for people
     * @param orderly true if nothing is wrong: the next connection is dialled at once. A second
     *     call with false follows if that dial fails or takes longer than 1 s
     */
    void onDisconnected(String why, boolean orderly);

    /**
     * The node has no connection and is not dialled before {@link #setTls}, because the program
     * lacks the chosen TLS profile.
     *
     * @param why one line for people
     */
    void onNotDialled(String why);

    /** A delivery can be started again, after {@link NodeConnection#available} was false. */
    void onAvailable();

    /**
     * The node, a fan-out server, has refused a message or a stream because it has been through the
     * node before, or through too many processes. The delivery's end follows.
     */
    void onRoutingLoop();

    /**
     * The node has answered, or the delivery has ended without an answer.
     *
     * @param detail the node's text, or one line for people
     */
    void onCompleted(QueuedMessage message, Evidence evidence, StatusCode code, String detail);

    /**
     * The node has provably not processed the delivery, which may be repeated at no risk.
     *
     * @param evidence {@link Evidence#ABSENT} if this delivery was refused by itself
     */
    void onUnprocessed(QueuedMessage message, Evidence evidence);
  }

  /**
   * A connector that opens connections to nodes: the port that an adapter for a wire protocol
   * implements.
   */
  public interface Connector {
    /**
     * Opens the one connection to a node, which does nothing before {@link NodeConnection#start}.
     *
     * @param party supplier of the party that the connection belongs to, called on any thread;
     *     connections of equal parties share look-ups
     * @param tls the TLS choice until {@link NodeConnection#setTls} changes it
     * @param listener receiver of all events of the connection, on the connection's loop
     */
    NodeConnection open(
        NodeAddress node, Supplier<?> party, TlsChoice tls, NodeConnection.Listener listener);
  }
}
